"""A recipe that is run: the bytes of the command, its folds, and errors before any work."""

from __future__ import annotations

import dataclasses
import json
import re

import numpy as np
import pytest

import serfast
from helpers import pages
from helpers.cli_corpus import write_corpus
from helpers.plugin_stub import NearestPlugin, install, install_nearest
from serfast import ParameterError
from serfast.audio.augmentation import Chain, Gain, Noise, Speed
from serfast.cli.main import main
from serfast.corpora import find_recordings
from serfast.models import registry
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import Run
from serfast.statistics.statistics import Statistics
from serfast.training import Recipe, copies, leave_one_speaker_out, make_examples, train

RMS = serfast.FeatureSpec(features=[serfast.RMS()])
MEAN = Statistics(functionals=("mean",), deltas=0)


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
    assert main(["evaluate", *command, "-o", "measured.json"]) == 0
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

    monkeypatch.setattr(copies, "samples_of", refuse)
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
