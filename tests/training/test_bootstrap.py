"""Intervals over drawn speakers, against every set of speakers that can be drawn."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, recall_score

from serfast.errors import ParameterError
from serfast.training.bootstrap import figure_intervals, recall_interval
from serfast.training.metrics import confusion_matrix

CLASSES = ["a", "b", "c"]


def answers(n_speakers: int, seed: int = 0) -> list[tuple[list[str], list[str]]]:
    """True and predicted classes of each speaker; speakers differ in how often they are right."""
    random = np.random.default_rng(seed)
    speakers = []
    for share in np.linspace(0.3, 0.9, n_speakers):
        true = random.choice(CLASSES, 30, p=[0.5, 0.3, 0.2])
        predicted = np.where(random.random(30) < share, true, random.choice(CLASSES, 30))
        speakers.append((true.tolist(), predicted.tolist()))
    return speakers


def matrices(speakers: list[tuple[list[str], list[str]]]) -> list[np.ndarray]:
    return [confusion_matrix(true, predicted, CLASSES) for true, predicted in speakers]


@pytest.mark.parametrize("n_speakers", [2, 3, 4])
def test_the_interval_is_that_of_all_sets_of_speakers(n_speakers: int) -> None:
    """All n ** n sets are scored by scikit-learn, and their percentiles compared."""
    speakers = answers(n_speakers)
    recalls = []
    for chosen in product(range(n_speakers), repeat=n_speakers):
        true = [label for k in chosen for label in speakers[k][0]]
        predicted = [label for k in chosen for label in speakers[k][1]]
        recalls.append(balanced_accuracy_score(true, predicted))
    low, high = recall_interval(matrices(speakers), draws=20_000, level=0.8)
    expected = np.quantile(np.repeat(recalls, 1000), [0.1, 0.9])  # none lies between two sets
    np.testing.assert_allclose([low, high], expected, atol=0.01)
    assert high - low > 0.05


def test_the_other_figures_have_intervals_of_the_same_sets() -> None:
    """All 27 sets of three speakers are scored by scikit-learn."""
    speakers = answers(3)
    f1, recalls = [], []
    for chosen in product(range(3), repeat=3):
        true = [label for k in chosen for label in speakers[k][0]]
        predicted = [label for k in chosen for label in speakers[k][1]]
        f1.append(f1_score(true, predicted, average="weighted"))
        recalls.append(recall_score(true, predicted, average=None, labels=CLASSES))
    intervals = figure_intervals(matrices(speakers), draws=20_000, level=0.8)
    ends = [0.1, 0.9]
    expected = np.quantile(np.repeat(f1, 1000), ends)
    np.testing.assert_allclose(intervals.weighted_f1, expected, atol=0.01)
    for mine, theirs in zip(intervals.recall, np.transpose(recalls), strict=True):
        np.testing.assert_allclose(mine, np.quantile(np.repeat(theirs, 1000), ends), atol=0.01)
    assert intervals.uar == recall_interval(matrices(speakers), draws=20_000, level=0.8)


def test_a_class_without_recordings_has_no_interval() -> None:
    assert figure_intervals([[[3, 1], [0, 0]]] * 2).recall[1] is None


def test_a_class_that_a_set_lacks_does_not_count() -> None:
    """The one speaker of class b is missing from a quarter of the sets: all is right there."""
    right, wrong = [[4, 0], [0, 0]], [[0, 0], [4, 0]]
    assert recall_interval([right, wrong]) == (0.0, 1.0)


def test_the_draws_depend_on_the_seed_alone() -> None:
    counts = matrices(answers(6))
    one, again, other = (recall_interval(counts, seed=seed) for seed in (1, 1, 2))
    assert one == again != other


def test_speakers_that_are_alike_have_an_interval_of_one_point() -> None:
    assert recall_interval([[[3, 1], [2, 2]]] * 4) == pytest.approx((0.625, 0.625))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by_speaker": []}, "by_speaker must be a square confusion matrix for each speaker"),
        ({"by_speaker": [[[0, 0], [0, 0]]]}, "by_speaker must be a square"),
        ({"by_speaker": [[[1, 0, 0], [0, 1, 0]]]}, "by_speaker must be a square"),
        ({"draws": 0}, "draws must be an int >= 1, got 0"),
        ({"level": 1}, "level must be below 1, got 1"),
        ({"level": 0}, "level must be a finite number > 0"),
        ({"seed": -1}, "seed must be an int >= 0, got -1"),
    ],
)
def test_bad_arguments(arguments: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        recall_interval(**{"by_speaker": [[[1, 0], [0, 1]]], **arguments})
