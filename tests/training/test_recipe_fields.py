"""A recipe as data: itself again after JSON, complete, and refused where it can not be."""

from __future__ import annotations

import dataclasses
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers.alterations import SINGLE
from helpers.plugin_stub import AveragingPlugin, install, install_averaging
from serfast import ParameterError, UnknownPluginError
from serfast.audio.augmentation import COPIES, Chain, Gain, Noise, Tempo
from serfast.models import registry
from serfast.statistics.statistics import Statistics
from serfast.training import Recipe

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
    install_averaging(site)
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
    assert recipe.alterations == tuple(COPIES)
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
    (
        {"plugin": "averaging", "options": {"epochs": 3}},
        "option must be none, plugin 'averaging' has none, got 'epochs'",
    ),
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
