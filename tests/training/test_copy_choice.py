"""Which copies to train on is chosen by training speakers alone, and by the same examples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import serfast
from helpers.cli_corpus import write_corpus
from helpers.plugin_stub import NearestPlugin, install_nearest
from serfast.audio.augmentation import PLACES_OF_COPIES, STRONG_COPIES
from serfast.cli.main import main
from serfast.corpora import find_recordings
from serfast.errors import ParameterError
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import Examples, Run
from serfast.statistics.statistics import Statistics
from serfast.training import Recipe
from serfast.training.copy_choice import SpeakerGroups, choose_copies
from serfast.training.trainee import Trainee

SPEC = serfast.FeatureSpec(features=[serfast.RMS()])
STATISTICS = Statistics(functionals=("mean", "std"), deltas=0)
N_COPIES = 1 + len(STRONG_COPIES)
SPEAKERS = "abcdefg"


def examples(harmful: set[int], seed: int = 0) -> Examples:
    """Give two classes that a nearest mean tells apart, unless it is trained on harmful copies.

    Those have the other class's inputs ten times as far out, and are judged wrong by all.
    """
    random = np.random.default_rng(seed)
    n = 4 * len(SPEAKERS)
    labels = np.tile(["calm", "rage"], n // 2)
    level = np.where(labels == "calm", -1.0, 1.0)
    inputs = []
    for copy in range(N_COPIES):
        sign = -10 if copy in harmful else 1
        inputs.append(sign * level[:, None] + random.normal(size=(n, 2)) * 0.5)
    return Examples(
        inputs=np.concatenate(inputs),
        labels=np.tile(labels, N_COPIES),
        speakers=np.tile(np.repeat(list(SPEAKERS), 4), N_COPIES),
        altered=np.arange(n * N_COPIES) >= n,
        copies=np.arange(n * N_COPIES) // n,
    )


def trainee(plugin: NearestPlugin) -> Trainee:
    return Trainee("nearest", plugin, SPEC, STATISTICS)


def numbers(name: str) -> set[int]:
    return {0, *(1 + place for place in PLACES_OF_COPIES[name])}


only_default = sorted(numbers("default") - numbers("light"))
only_strong = sorted(numbers("strong") - numbers("default"))


@pytest.mark.parametrize(
    ("harmful", "best"),
    [(set(), "light"), ({*only_default}, "light"), ({*only_strong}, "light")],
    ids=["equals: the smallest", "default harmed", "strong harmed"],
)
def test_what_harms_is_not_taken(harmful, best):
    choice = choose_copies(trainee(NearestPlugin()), examples(harmful), Run())
    assert choice.name == best
    assert set(choice.recalls) == {"light", "default", "strong"}
    assert set(choice.examples.copies.tolist()) == numbers(best)
    if harmful == {*only_strong}:
        assert choice.recalls["strong"] < choice.recalls["default"]
    if harmful == {*only_default}:
        assert choice.recalls["default"] < choice.recalls["light"]


def test_more_copies_are_taken_if_they_help():
    """Copies that only the strong set has are elsewhere: without them they are judged wrong."""
    data = examples(set())
    far = np.isin(data.copies, only_strong)
    data.inputs[far] += np.where(data.labels[far] == "calm", 40.0, 90.0)[:, None]
    data.inputs[far] *= np.array([1.0, -1.0])
    choice = choose_copies(trainee(OneNearest()), data, Run())
    assert choice.name == "strong"
    assert choice.recalls["strong"] > choice.recalls["default"] + 0.05
    assert choice.card["copies"] == "strong"


class OneNearest(NearestPlugin):
    """Its classifier gives the class of the nearest example."""

    def load(self, bundle):
        return OneNearestClassifier(bundle)

    def train(self, examples, *, seed=0):
        weights = super().train(examples, seed=seed)
        codes = np.searchsorted(examples.classes, examples.labels).astype(np.float64)
        arrays = {"inputs": np.asarray(examples.inputs), "codes": codes}
        return replace(weights, arrays=arrays)


class OneNearestClassifier:
    input = "vector"

    def __init__(self, bundle: Bundle) -> None:
        self.classes, self.spec = bundle.classes, bundle.spec
        self._inputs, self._codes = bundle.arrays["inputs"], bundle.arrays["codes"]

    def predict_proba(self, x):
        nearest = np.square(self._inputs - x).sum(axis=1).argmin()
        return np.eye(len(self.classes))[int(self._codes[nearest])]


def test_every_training_is_without_the_speakers_that_it_is_judged_by():
    plugin = NearestPlugin()
    data = examples(set())
    choose_copies(trainee(plugin), data, Run(seed=5))
    assert len(plugin.shown) == 9
    groups = [{"a", "d", "g"}, {"b", "e"}, {"c", "f"}]
    for k, group in enumerate(groups):
        for shown, name in zip(plugin.shown[3 * k :], PLACES_OF_COPIES, strict=False):
            assert set(shown.speakers.tolist()) == set(SPEAKERS) - group
            assert set(shown.copies.tolist()) == numbers(name)


def test_groups_are_by_name_and_two_speakers_are_left_out_one_by_one():
    names = [name for name, _ in SpeakerGroups().split(list("dbca"), ["x"] * 4)]
    assert names == ["a, d", "b", "c"]
    assert [name for name, _ in SpeakerGroups().split(["v", "u", "v"], ["x"] * 3)] == ["u", "v"]
    with pytest.raises(ParameterError, match="speakers must be at least 2 to choose copies by"):
        SpeakerGroups().split(["u", "u"], ["x"] * 2)


def test_other_copies_are_refused():
    data = examples(set())
    for wrong in (replace(data, copies=None), data.where(data.copies < 5)):
        with pytest.raises(ParameterError, match="copies must be numbered 0 to 18"):
            choose_copies(trainee(NearestPlugin()), wrong, Run())


def test_a_recipe_that_chooses_keeps_it_and_evaluates_it(tmp_path, monkeypatch):
    install_nearest(tmp_path, monkeypatch)
    recordings = find_recordings(write_corpus(tmp_path / "wav"))
    recipe = Recipe("nearest", spec=SPEC, statistics=STATISTICS, choose_copies=True)
    assert recipe.alterations == STRONG_COPIES
    assert Recipe.from_json(recipe.to_json()) == recipe
    data = recipe.examples(recordings)
    bundle = recipe.train_on(data)
    chosen = bundle.card["training"]["chosen"]
    assert chosen["copies"] in PLACES_OF_COPIES
    assert bundle.card["training"]["altered_copies"] == len(recordings) * (
        len(PLACES_OF_COPIES[chosen["copies"]])
    )
    assert recipe.train_on(data).to_bytes() == bundle.to_bytes()
    fixed = Recipe("nearest", spec=SPEC, statistics=STATISTICS)
    same = fixed.examples(recordings)
    np.testing.assert_array_equal(data.where(data.copies <= 12).inputs, same.inputs)


def test_a_choice_is_made_anew_in_every_fold(monkeypatch, tmp_path):
    install_nearest(tmp_path, monkeypatch)
    folder = write_corpus(tmp_path / "wav")
    recipe = Recipe("nearest", spec=SPEC, statistics=STATISTICS, choose_copies=True)
    recordings = find_recordings(folder)
    if len({r.speaker for r in recordings}) < 3:
        with pytest.raises(ParameterError, match="to choose copies by"):
            recipe.evaluate(recordings)
    evaluation = recipe.evaluate_on(examples(set()), "speakers")
    assert len(evaluation.folds) == len(SPEAKERS)
    assert {fold.chosen["copies"] for fold in evaluation.folds} == {"light"}


def test_what_contradicts_a_choice_is_refused(tmp_path, monkeypatch, capsys):
    install_nearest(tmp_path, monkeypatch)
    with pytest.raises(ParameterError, match="alterations must be None with choose_copies"):
        Recipe("nearest", alterations=["noise=20"], choose_copies=True)
    with pytest.raises(ParameterError, match="choose_copies must be True or False"):
        Recipe("nearest", choose_copies="yes")
    for words, other in ((["--plain"], "--plain"), (["--alter", "noise=20"], "--alter")):
        assert main(["train", ".", "-o", "x.zip", "--copies", "choose", *words]) == 1
        assert f"copies must be none with {other}, got choose" in capsys.readouterr().err


def test_the_command_takes_a_set(tmp_path, monkeypatch):
    install_nearest(tmp_path, monkeypatch)
    folder = write_corpus(tmp_path / "wav")
    assert main(["train", str(folder), "-o", str(tmp_path / "m.zip"), "--copies", "light"]) == 0
    card = Bundle.load(tmp_path / "m.zip").card
    assert len(card["recipe"]["alterations"]) == len(PLACES_OF_COPIES["light"])
    assert "choose_copies" not in card["recipe"]
