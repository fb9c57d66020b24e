"""A recipe: itself again after JSON, the command line's bytes, and errors before any work."""

from __future__ import annotations

import dataclasses
import json
import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers import pages
from helpers.alterations import SINGLE
from helpers.cli_corpus import write_corpus
from helpers.plugin_stub import AveragingPlugin, NearestPlugin, install, install_nearest
from serfast import ParameterError, UnknownPluginError
from serfast.audio.augmentation import SPEEDS, Chain, Gain, Noise, Speed, Tempo
from serfast.cli.main import main
from serfast.corpora import find_recordings
from serfast.models import registry
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import Run
from serfast.statistics.statistics import Statistics
from serfast.training import Recipe, examples, leave_one_speaker_out, make_examples, train

RMS = serfast.FeatureSpec(features=[serfast.RMS()])
MEAN = Statistics(functionals=("mean",), deltas=0)


class ChoosyPlugin(AveragingPlugin):
    """A plugin of rows that has options, and features and copies of its own choice."""

    def __init__(self, width=64, rate=0.003):
        self.width, self.rate = width, rate

    def default_spec(self):
        return RMS

    def default_alterations(self):
        return (Noise(20),)

    def training_options(self):
        return {"width": self.width, "rate": self.rate}

    def with_training_options(self, values):
        if unknown := set(values) - {"width", "rate"}:
            raise ParameterError(f"option must be width or rate, got {min(unknown)!r}")
        width, rate = int(values.get("width", self.width)), float(values.get("rate", self.rate))
        return ChoosyPlugin(width, rate)


@pytest.fixture(scope="module", autouse=True)
def choosy(tmp_path_factory):
    """Install :class:`ChoosyPlugin` for the tests of this module."""
    site = tmp_path_factory.mktemp("choosy")
    source = f"import sys\nPLUGIN = sys.modules[{__name__!r}].ChoosyPlugin()\n"
    install(site, "choosy_mod", source, "serfast-choosy", "choosy = choosy_mod:PLUGIN")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(site))
        yield


# --- as data ----------------------------------------------------------------------------------

ALTERATIONS = st.one_of(SINGLE, st.builds(Chain, st.lists(SINGLE, min_size=1, max_size=3)))
SPECS = st.builds(
    lambda hop, mels: serfast.FeatureSpec(
        hop_length=hop, features=[serfast.RMS(), serfast.LogMel(n_mels=mels)]
    ),
    st.integers(1, 4000),
    st.integers(1, 40),
)
STATISTICS = st.builds(
    Statistics,
    functionals=st.lists(st.sampled_from(["mean", "std", "p5", "ac3"]), min_size=1, unique=True),
    deltas=st.integers(0, 3),
    log=st.sampled_from([(), ("rms",)]),
    trim_db=st.none() | st.floats(1, 100),
)
COMMON = {
    "spec": st.none() | SPECS,
    "alterations": st.none() | st.lists(ALTERATIONS, max_size=4),
    "seed": st.integers(0, 2**63 - 1),
    "backend": st.sampled_from([None, "native", "numba", "reference"]),
}
CHOICES = st.fixed_dictionaries({}, optional={"width": st.integers(1, 99), "rate": st.just(0.01)})
RECIPES = st.one_of(
    st.builds(Recipe, st.just("svm"), **{**COMMON, "statistics": st.none()}),
    st.builds(Recipe, st.just("svm"), **{**COMMON, "spec": SPECS}, statistics=STATISTICS),
    st.builds(Recipe, st.just("choosy"), **COMMON, options=CHOICES),
)


@given(RECIPES)
@settings(max_examples=50)
def test_a_recipe_is_itself_after_json(recipe):
    for again in (
        Recipe.from_json(recipe.to_json()),
        Recipe.from_json(recipe.to_json(indent=1).encode()),
        Recipe.from_dict(recipe.to_dict()),
        dataclasses.replace(recipe),
        pickle.loads(pickle.dumps(recipe)),
    ):
        assert again == recipe
        assert hash(again) == hash(recipe)
        assert again.to_json() == recipe.to_json()


@settings(max_examples=30)
@given(RECIPES, st.sampled_from(["seed", "alterations", "spec"]))
def test_what_differs_in_a_field_is_another_recipe(recipe, field):
    other = {
        "seed": recipe.seed ^ 1,
        "alterations": (*recipe.alterations, Gain(1)),
        "spec": dataclasses.replace(recipe.spec, center=False),
    }
    changed = dataclasses.replace(recipe, **{field: other[field]})
    assert changed != recipe
    assert Recipe.from_json(changed.to_json()) == changed


def test_what_is_not_given_is_the_plugins():
    recipe = Recipe("svm")
    assert recipe.spec == serfast.presets.speech()
    assert recipe.statistics == serfast.presets.speech_statistics()
    assert recipe.alterations == tuple(SPEEDS)
    assert (recipe.seed, recipe.backend, recipe.options) == (0, serfast.backends.chosen(None), ())
    plugin = registry.get("choosy")
    recipe = Recipe("choosy")
    assert recipe.spec == plugin.default_spec()
    assert recipe.statistics is None
    assert recipe.alterations == tuple(plugin.default_alterations())


def test_another_spec_has_plain_statistics():
    assert Recipe("svm", spec=RMS).statistics == Statistics()


def test_missing_keys_are_defaults():
    assert Recipe.from_dict({"format": 1, "plugin": "svm"}) == Recipe("svm")
    plain = Recipe.from_json('{"format": 1, "plugin": "svm", "alterations": [], "seed": 3}')
    assert plain == Recipe("svm", alterations=(), seed=3)


def test_alterations_and_options_are_kept_in_one_form():
    given = Recipe(
        "choosy",
        alterations=[
            "speed=0.90",
            Chain((Tempo(1.5),)),
            Chain((Chain((Gain(1), Gain(2))), Gain(3))),
        ],
        options={"width": 8, "rate": 0.01},
    )
    assert given.to_dict()["alterations"] == ["speed=0.9", "tempo=1.5", "gain=1,gain=2,gain=3"]
    assert given.options == (("rate", "0.01"), ("width", "8"))
    assert given == Recipe("choosy", alterations=given.alterations, options=given.options)
    assert given.load_plugin().training_options()["width"] == 8


def test_a_recipe_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Recipe("svm").seed = 3


# --- what is refused --------------------------------------------------------------------------

REFUSED = [
    ({"plugin": "martian"}, "classifier must be an installed plugin .*'martian'"),
    ({"plugin": None}, "plugin must be the name of an installed plugin, got None"),
    ({"spec": "speech"}, "spec must be a FeatureSpec, got 'speech'"),
    ({"statistics": {}}, "statistics must be a Statistics, got {}"),
    (
        {"plugin": "choosy", "statistics": MEAN},
        "statistics must be None for plugin 'choosy', .* rows",
    ),
    ({"spec": RMS, "statistics": Statistics(log=("zcr",))}, "log must be columns .*rms.*'zcr'"),
    ({"alterations": ["echo=1"]}, "alteration must be NAME=NUMBER .*'echo=1'"),
    ({"alterations": ["speed=3"]}, "speed must be a finite number .* <= 2"),
    ({"alterations": "speed=0.9"}, "alterations must be a sequence of alterations"),
    ({"alterations": [abs]}, "alteration must be one of speed, tempo, .* got <built-in"),
    ({"alterations": [Chain(())]}, "alteration must be one of speed"),
    ({"seed": -1}, "seed must be an int >= 0, got -1"),
    ({"seed": 1.0}, "seed must be an int"),
    ({"backend": "cuda"}, "backend must be one of 'native', 'numba', 'reference', got 'cuda'"),
    ({"options": {"epochs": 3}}, "option must be none, plugin 'svm' has none, got 'epochs'"),
    ({"plugin": "choosy", "options": {"legs": "3"}}, "option must be width or rate, got 'legs'"),
    (
        {"plugin": "choosy", "options": {"width": None}},
        "options must be a mapping of names to text",
    ),
    (
        {"plugin": "choosy", "options": {"width": True}},
        "options must be a mapping of names to text",
    ),
    ({"plugin": "choosy", "options": 3}, "options must be a mapping of names to text"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_a_recipe_that_cannot_be_is_refused_when_it_is_written(arguments, message):
    with pytest.raises((ParameterError, UnknownPluginError), match=message):
        Recipe(**{"plugin": "svm", **arguments})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sede": 3}, "key of recipe must be one of plugin, spec, .*, got 'sede'"),
        ({"format": 2}, "recipe format must be 1, got 2"),
        ({"format": True}, "recipe format must be 1, got True"),
        ({"plugin": None}, "plugin must be the name of an installed plugin, got None"),
        ({"spec": 3}, "spec must be a mapping"),
        ({"statistics": {"means": 3}}, "key of statistics must be"),
        ({"alterations": [0.9]}, "alteration must be one of speed"),
        ({"options": None}, "options must be a mapping"),
    ],
)
def test_a_dictionary_that_is_no_recipe(change, message):
    with pytest.raises(ParameterError, match=message):
        Recipe.from_dict({**Recipe("svm").to_dict(), **change})


@pytest.mark.parametrize("text", ["", "{", b"\xff", "[1]", "null"])
def test_a_text_that_is_no_recipe(text):
    with pytest.raises(ParameterError, match="recipe must be"):
        Recipe.from_json(text)


def test_a_strangers_recipe_gives_no_advice_to_install_what_it_names():
    with pytest.raises(UnknownPluginError) as error:
        Recipe.from_dict({"format": 1, "plugin": "evil"})
    assert "pip install" not in str(error.value)


# --- training and evaluation ------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    install_nearest(tmp_path, monkeypatch)
    return write_corpus(tmp_path / "wav")


def test_two_lines_give_the_bytes_of_the_command(folder, tmp_path):
    command = tmp_path / "command.zip"
    assert main(["train", str(folder), "-o", str(command)]) == 0
    bundle = Recipe(plugin="svm").train(find_recordings(folder))
    assert bundle.save(tmp_path / "python.zip").read_bytes() == command.read_bytes()


OTHERS = {
    "features": (
        ["--spec", "spec.json", "--statistics", "statistics.json"],
        {"spec": RMS, "statistics": MEAN},
    ),
    "plain": (["--plain", "--seed", "5"], {"alterations": (), "seed": 5}),
    "altered": (
        ["--alter", "speed=0.9,noise=20", "--alter", "gain=-6"],
        {"alterations": [Chain((Speed(0.9), Noise(20))), Gain(-6)]},
    ),
    "backend": (["--backend", "reference", "--plain"], {"backend": "reference", "alterations": ()}),
}


@pytest.mark.parametrize(("words", "arguments"), OTHERS.values(), ids=OTHERS)
def test_every_argument_of_the_command_has_its_field(
    folder, tmp_path, monkeypatch, words, arguments
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.json").write_text(RMS.to_json())
    (tmp_path / "statistics.json").write_text(json.dumps(MEAN.to_dict()))
    recipe, recordings = Recipe("nearest", **arguments), find_recordings(folder)
    command = ["wav", "--classifier", "nearest", *words]
    assert main(["train", *command, "-o", "command.zip"]) == 0
    recipe.train(recordings).save("python.zip")
    assert (tmp_path / "python.zip").read_bytes() == (tmp_path / "command.zip").read_bytes()
    assert main(["evaluate", *command, "--json", "measured.json"]) == 0
    figures = json.loads((tmp_path / "measured.json").read_text())
    setup = figures.pop("setup")
    assert setup["plugin"] == "nearest"
    assert figures == json.loads(json.dumps(recipe.evaluate(recordings).card()))


def test_the_bundles_card_has_the_recipe(folder, tmp_path):
    recipe = Recipe("nearest", alterations=["speed=0.9"], seed=4)
    bundle = recipe.train(find_recordings(folder), card={"corpus": "noise", "recipe": "mine"})
    loaded = Bundle.load(bundle.save(tmp_path / "model.zip"))
    assert Recipe.from_dict(loaded.card["recipe"]) == recipe
    assert loaded.card["corpus"] == "noise"
    assert loaded.card["training"]["seed"] == 4
    assert loaded.card["training"]["altered_copies"] == 12


def test_a_recipe_trains_as_the_functions_do(folder):
    recordings = find_recordings(folder)
    recipe = Recipe("nearest", spec=RMS, statistics=MEAN, alterations=[Speed(0.9)], seed=2)
    settings = {"alterations": [Speed(0.9)], "seed": 2}
    data = make_examples(recordings, RMS, MEAN, **settings)
    plugin = NearestPlugin()
    expected = train("nearest", plugin, data, RMS, MEAN, run=Run(seed=2))
    found = recipe.train(recordings)
    assert found.arrays["means"].tolist() == expected.arrays["means"].tolist()
    assert found.card["training"] == expected.card["training"]
    measured = recipe.evaluate(recordings)
    reference = leave_one_speaker_out("nearest", plugin, data, RMS, MEAN, run=Run(seed=2))
    assert measured.card() == reference.card()


def test_the_pages_examples_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "emodb").mkdir()
    write_corpus(tmp_path / "emodb" / "wav")
    names = {}
    blocks = pages.examples("docs/training.md")
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "docs/training.md", "exec"), names)
    assert set(serfast.Recognizer(tmp_path / "model.zip").classes) == {"anger", "sadness"}
    assert re.fullmatch(r"\d+\.\d % \['03', '08', '09'\]\n", capsys.readouterr().out)


class OddsAndEvens:
    """Folds of one's own: every second recording, then the others."""

    left_out = "half"
    protocol = "by halves"

    def split(self, speakers, labels):
        even = np.arange(len(labels)) % 2 == 0
        return [("even", even), ("odd", ~even)]


def test_folds_of_ones_own_keep_a_recordings_copies_together(folder):
    recordings = find_recordings(folder)
    recipe = Recipe("nearest", spec=RMS, statistics=MEAN, alterations=["gain=20", "gain=30"])
    evaluation = recipe.evaluate(recordings, OddsAndEvens())
    assert evaluation.card()["protocol"] == "by halves"
    assert [fold.speaker for fold in evaluation.folds] == ["even", "odd"]
    plugin = registry.get("nearest")
    data = recipe.examples(recordings)
    for fold, shown, first in zip(evaluation.folds, plugin.shown[-2:], (0, 1), strict=True):
        assert fold.true == tuple(r.label for r in recordings[first::2])
        rest = data.inputs.reshape(3, 12, -1)[:, 1 - first :: 2].reshape(18, -1)
        assert np.array_equal(shown.inputs, rest)


def test_progress_and_folds_are_told(folder):
    recordings = find_recordings(folder)
    paths, folds = [], []
    recipe = Recipe("nearest", spec=RMS, statistics=MEAN)
    evaluation = recipe.evaluate(recordings, progress=paths.append, fold_done=folds.append)
    assert paths == [recording.path for recording in recordings]
    assert tuple(folds) == evaluation.folds


@pytest.fixture
def unread(folder, monkeypatch):
    """The recordings, none of which may be read."""

    def refuse(*arguments: object) -> None:
        raise AssertionError("a recording is read")

    monkeypatch.setattr(examples, "load", refuse)
    return find_recordings(folder)


def test_cheap_checks_come_before_any_work(unread, tmp_path):
    recipe = Recipe("nearest")
    one_label = [r for r in unread if r.label == "anger"]
    one_speaker = [r for r in unread if r.speaker == "03"]
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ParameterError, match=r"labels must be of at least 2 classes.*\['anger'\]"):
        recipe.train(one_label)
    with pytest.raises(ParameterError, match=r"labels must be of at least 2 classes, got \[\]"):
        recipe.train([])
    with pytest.raises(ParameterError, match="run must be a folder"):
        recipe.train(unread, folder=file)
    with pytest.raises(ParameterError, match="run must be a folder"):
        recipe.evaluate(unread, folder=file / "below")
    with pytest.raises(ParameterError, match="speakers must be at least 2 to leave one out"):
        recipe.evaluate(one_speaker)
    with pytest.raises(ParameterError, match="2 classes without speaker '03'"):
        recipe.evaluate(one_label)
    with pytest.raises(ParameterError, match="folds must be one of 'speakers', got 'tenfold'"):
        recipe.evaluate(unread, "tenfold")
    with pytest.raises(AssertionError, match="a recording is read"):
        recipe.train(unread, folder=tmp_path / "run")
    assert (tmp_path / "run").is_dir()


def test_examples_of_another_recipe_are_refused(folder):
    recordings = find_recordings(folder)
    recipe = Recipe("nearest", spec=RMS, statistics=MEAN, alterations=["speed=0.9"])
    other_statistics = dataclasses.replace(recipe, statistics=Statistics())
    other_spec = dataclasses.replace(recipe, spec=dataclasses.replace(RMS, hop_length=80))
    data = recipe.examples(recordings)
    for other, message in (
        (other_statistics, "statistics must be those of the examples"),
        (other_spec, "spec must be that of the examples"),
    ):
        with pytest.raises(ParameterError, match=message):
            other.train_on(data)
        with pytest.raises(ParameterError, match=message):
            other.evaluate_on(data)
    some = data.where(data.speakers != "03")
    assert recipe.train_on(some).card["training"]["speakers"] == ["08", "09"]
    with pytest.raises(ParameterError, match="1 altered copies of all of them"):
        recipe.evaluate_on(data.where(np.arange(len(data)) != 13))


def test_a_plugins_own_kind_of_copy_is_trained_on(tmp_path, monkeypatch, folder):
    """It has no text form, so the recipe as data says: the plugin's choice."""
    source = (
        "from helpers.plugin_stub import NearestPlugin\n"
        "def halved(samples, sample_rate, random):\n"
        "    return samples / 2\n"
        "class Plugin(NearestPlugin):\n"
        "    def default_alterations(self):\n"
        "        return (halved,)\n"
        "PLUGIN = Plugin()\n"
    )
    install(
        tmp_path / "site", "halving_mod", source, "serfast-halving", "halving = halving_mod:PLUGIN"
    )
    recipe = Recipe("halving", spec=RMS, statistics=MEAN)
    assert recipe.to_dict()["alterations"] is None
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert dataclasses.replace(recipe, seed=3).alterations == recipe.alterations
    data = recipe.examples(find_recordings(folder))
    np.testing.assert_allclose(data.inputs[12:], data.inputs[:12] / 2, rtol=1e-6)


def test_defaults_that_fail_name_the_plugin(tmp_path, monkeypatch, folder):
    source = (
        "from helpers.plugin_stub import NearestPlugin\n"
        "class Plugin(NearestPlugin):\n"
        "    def default_spec(self):\n"
        "        raise KeyError('mels')\n"
        "PLUGIN = Plugin()\n"
    )
    install(tmp_path / "site", "mels_mod", source, "serfast-mels", "mels = mels_mod:PLUGIN")
    with pytest.raises(serfast.ModelError, match=r"'mels' of serfast-mels 1\.2 failed in default_"):
        Recipe("mels")
