"""Leave one speaker out: nothing of the speaker left out leaks, and the sums are right."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix

import serfast
from helpers.plugin_stub import NearestPlugin
from serfast.models.plugin import Examples, Run
from serfast.statistics.statistics import Statistics
from serfast.training.evaluation import leave_one_speaker_out
from serfast_svm import PLUGIN

SPEC = serfast.FeatureSpec(features=[serfast.RMS()])
STATISTICS = Statistics(functionals=("mean", "std"), deltas=0)

RUN = Run(seed=3)


def examples(seed: int = 0, speakers: str = "abcd", noise: float = 1.0) -> Examples:
    random = np.random.default_rng(seed)
    n = 240
    labels = random.choice(["fear", "joy", "rage"], n, p=[0.6, 0.3, 0.1])
    level = np.searchsorted(["fear", "joy", "rage"], labels)
    return Examples(
        inputs=random.normal(size=(n, 2)) * noise + level[:, None],
        labels=labels,
        speakers=random.choice(list(speakers), n),
        altered=random.uniform(size=n) < 0.3,
    )


def test_pooled_figures_equal_scikit_learns():
    data = examples()
    found = leave_one_speaker_out("nearest", NearestPlugin(), data, SPEC, STATISTICS)
    true = [label for fold in found.folds for label in fold.true]
    predicted = [label for fold in found.folds for label in fold.predicted]
    assert found.uar == pytest.approx(balanced_accuracy_score(true, predicted))
    assert np.array_equal(found.matrix, confusion_matrix(true, predicted))
    assert 0.4 < found.uar < 0.95
    for fold in found.folds:
        assert fold.uar == pytest.approx(balanced_accuracy_score(fold.true, fold.predicted))


def test_every_unaltered_recording_is_predicted_once_by_a_stranger():
    data = examples()
    plugin = NearestPlugin()
    found = leave_one_speaker_out("nearest", plugin, data, SPEC, STATISTICS)
    assert [fold.speaker for fold in found.folds] == ["a", "b", "c", "d"]
    for fold, shown in zip(found.folds, plugin.shown, strict=True):
        own = (data.speakers == fold.speaker) & ~data.altered
        assert fold.true == tuple(data.labels[own])
        assert fold.speaker not in shown.speakers
        assert len(shown) == (data.speakers != fold.speaker).sum()
        assert fold.probabilities.shape == (own.sum(), 3)


def test_test_speaker_changes_nothing_in_the_training():
    """Whatever the left-out speaker's files hold, the others' folds train on the same numbers."""
    data = examples()
    poisoned = examples()
    poisoned.inputs[poisoned.speakers == "a"] += 1e6
    one, two = NearestPlugin(), NearestPlugin()
    leave_one_speaker_out("nearest", one, data, SPEC, STATISTICS)
    leave_one_speaker_out("nearest", two, poisoned, SPEC, STATISTICS)
    assert np.array_equal(one.shown[0].inputs, two.shown[0].inputs)
    assert not np.array_equal(one.shown[1].inputs, two.shown[1].inputs)


def test_perfect_and_hopeless():
    assert leave_one_speaker_out(
        "nearest", NearestPlugin(), examples(noise=1e-3), SPEC, STATISTICS
    ).uar == pytest.approx(1)
    data = examples(noise=1e-3)
    turned = {"fear": "joy", "joy": "rage", "rage": "fear"}
    own = data.speakers == "a"
    data.labels[own] = [turned[label] for label in data.labels[own]]
    first = leave_one_speaker_out("nearest", NearestPlugin(), data, SPEC, STATISTICS).folds[0]
    assert first.uar == 0


def test_card_is_json_and_says_how():
    found = leave_one_speaker_out("nearest", NearestPlugin(), examples(), SPEC, STATISTICS, run=RUN)
    card = json.loads(json.dumps(found.card()))
    assert "leave one speaker out" in card["protocol"]
    assert card["uar"] == pytest.approx(found.uar, abs=1e-4)
    assert card["classes"] == ["fear", "joy", "rage"]
    assert card["confusion_matrix"] == found.matrix.tolist()
    assert set(card["uar_by_speaker"]) == set("abcd")
    assert card["chosen_by_fold"]["a"] == {"seed": 3}


def test_folds_are_told_as_they_come():
    told = []
    found = leave_one_speaker_out(
        "nearest", NearestPlugin(), examples(), SPEC, STATISTICS, progress=told.append
    )
    assert tuple(told) == found.folds


class CertainPlugin(NearestPlugin):
    """Its classifiers say when they are certain: if the first entry is within 1 besides."""

    def __init__(self, certain_above: object) -> None:
        super().__init__()
        self.certain_above = certain_above

    def load(self, bundle):
        classifier = super().load(bundle)
        classifier.certain_above = self.certain_above
        classifier.strangeness = lambda x: abs(x[0])
        return classifier


def test_folds_know_whose_recordings_they_are_and_when_their_model_is_certain():
    data = examples()
    fold = leave_one_speaker_out("n", NearestPlugin(), data, SPEC, STATISTICS).folds[0]
    assert fold.certain is None
    assert fold.speakers == ("a",) * len(fold.true)
    certain = leave_one_speaker_out("n", CertainPlugin(0.8), data, SPEC, STATISTICS)
    for fold in certain.folds:
        inputs = data.inputs[(data.speakers == fold.speaker) & ~data.altered]
        expected = (fold.probabilities.max(axis=1) >= 0.8) & (np.abs(inputs[:, 0]) <= 1)
        assert fold.certain == tuple(expected.tolist())
        assert 0 < expected.sum() < (fold.probabilities.max(axis=1) >= 0.8).sum()
    share, _ = certain.kept
    assert 0 < share < 1
    match = r"certain_above of plugin .n. .* must be a number"
    with pytest.raises(serfast.ModelError, match=match):
        leave_one_speaker_out("n", CertainPlugin("much"), data, SPEC, STATISTICS)


def test_a_class_that_one_speaker_alone_tells_apart():
    data = examples(speakers="ab")
    data.labels[data.speakers == "b"] = "joy"
    n = int((data.speakers == "b").sum())
    message = rf"2 classes without speaker 'a', got {n} recordings of \['joy'\] by 1 others"
    with pytest.raises(serfast.ParameterError, match=message):
        leave_one_speaker_out("n", NearestPlugin(), data, SPEC, STATISTICS)


def test_a_plugin_that_needs_more_speakers_is_told_of_with_the_speaker_left_out():
    match = r"without speaker 'a' \(\d+ examples of 1 speakers left\): speakers must be at least 2"
    data = examples(speakers="ab")
    assert data.texts is None
    with pytest.raises(serfast.ParameterError, match=match):
        leave_one_speaker_out("svm", PLUGIN, data, SPEC, STATISTICS)


@pytest.mark.filterwarnings("ignore:one speaker alone")
def test_two_speakers_are_evaluated_one_against_the_other():
    data = examples(speakers="ab")
    data = replace(data, texts=np.array([f"t{k % 4}" for k in range(len(data))]))
    folds = leave_one_speaker_out("svm", PLUGIN, data, SPEC, STATISTICS).folds
    assert [fold.speaker for fold in folds] == ["a", "b"]
    assert [fold.chosen["held_out"] for fold in folds] == ["texts", "texts"]


def test_one_speaker_is_too_few():
    with pytest.raises(serfast.ParameterError, match=r"speakers must be at least 2.*\['a'\]"):
        leave_one_speaker_out("n", NearestPlugin(), examples(speakers="a"), SPEC, STATISTICS)
