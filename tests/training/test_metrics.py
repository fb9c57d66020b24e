"""Scores against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from serfast.errors import ParameterError
from serfast.training import metrics as report

CLASSES = ["anger", "boredom", "fear", "neutral"]


def answers(seed: int, n: int = 200) -> tuple[list[str], list[str]]:
    """Random true and predicted classes, right more often than not."""
    rng = np.random.default_rng(seed)
    true = rng.choice(CLASSES[: 2 + seed % 3], n)
    predicted = np.where(rng.random(n) < 0.6, true, rng.choice(CLASSES, n))
    return true.tolist(), predicted.tolist()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
def test_scores_are_scikit_learns(seed: int) -> None:
    true, predicted = answers(seed)
    matrix = report.confusion_matrix(true, predicted, CLASSES)
    expected = metrics.confusion_matrix(true, predicted, labels=CLASSES)
    np.testing.assert_array_equal(matrix, expected)
    scores = report.class_scores(matrix)
    reference = metrics.precision_recall_fscore_support(
        true, predicted, labels=CLASSES, zero_division=0
    )
    for mine, theirs in zip(scores, reference, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)
    uar = metrics.balanced_accuracy_score(true, predicted)
    assert report.unweighted_average_recall(matrix) == pytest.approx(uar, rel=1e-12)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
def test_report_shows_these_scores(seed: int) -> None:
    true, predicted = answers(seed)
    matrix = report.confusion_matrix(true, predicted, CLASSES)
    lines = report.classification_report(matrix, CLASSES).splitlines()
    assert len({len(line) for line in lines[:5]}) == 1  # aligned
    expected = metrics.classification_report(
        true, predicted, labels=CLASSES, output_dict=True, zero_division=0
    )
    for name, line in zip(CLASSES, lines[1:5], strict=True):
        label, *numbers = line.split()
        keys = ("precision", "recall", "f1-score")
        assert label == name
        assert numbers[:3] == [f"{100 * expected[name][key]:.1f}" for key in keys]
        assert int(numbers[3]) == expected[name]["support"]
    uar = 100 * metrics.balanced_accuracy_score(true, predicted)
    accuracy = 100 * metrics.accuracy_score(true, predicted)
    assert lines[-1] == f"UAR {uar:.1f} %, accuracy {accuracy:.1f} %, {len(true)} recordings"


@pytest.mark.parametrize(
    ("true", "predicted", "classes", "message"),
    [
        (["a"], ["a", "a"], ["a"], r"predicted must be as long as true \(1\), got 2"),
        (["a", "x"], ["a", "a"], ["a"], r"true\[1\] must be one of classes, got 'x'"),
        (["a"], [3], ["a"], r"predicted\[0\] must be one of classes, got 3"),
        (["a"], ["a"], ["a", "a"], "classes must be at least one name, each once"),
        ([], [], [], "classes must be at least one name, each once"),
    ],
)
def test_bad_answers(true: list, predicted: list, classes: list, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        report.confusion_matrix(true, predicted, classes)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.ones((2, 3), int), r"matrix must be square, got shape \(2, 3\)"),
        (np.ones(4, int), r"matrix must be square, got shape \(4,\)"),
        (np.ones((2, 2)), "matrix must be counts"),
        ([[1, -1], [0, 1]], "matrix must be counts"),
        (np.zeros((2, 2), int), "matrix must be counts >= 0, not all of them 0"),
    ],
)
def test_bad_matrices(matrix: object, message: str) -> None:
    for call in (report.class_scores, report.unweighted_average_recall):
        with pytest.raises(ParameterError, match=message):
            call(matrix)
    with pytest.raises(ParameterError, match=message):
        report.classification_report(matrix, ["a", "b"])
    with pytest.raises(ParameterError, match="classes must be 1 names, as matrix has rows"):
        report.classification_report([[1]], ["a", "b"])


def error_by_hand(probability: np.ndarray, right: np.ndarray, bins: int) -> float:
    """Guo et al. 2017, eq. 3, bin by bin."""
    total = 0.0
    for m in range(bins):
        inside = (probability > m / bins) & (probability <= (m + 1) / bins)
        if inside.any():
            difference = right[inside].mean() - probability[inside].mean()
            total += inside.sum() / len(right) * abs(difference)
    return total


@pytest.mark.parametrize("bins", [1, 7, 15])
def test_calibration_error_is_that_of_its_formula(bins: int) -> None:
    rng = np.random.default_rng(bins)
    probability = rng.uniform(0.15, 1, 300)
    right = rng.random(300) < probability**2
    error = report.expected_calibration_error(probability, right, bins=bins)
    assert error == pytest.approx(error_by_hand(probability, right, bins), rel=1e-9)
    assert error > 0.05


def test_calibration_error_of_the_certain() -> None:
    assert report.expected_calibration_error([1.0, 1.0], [True, True]) == 0
    assert report.expected_calibration_error([1.0, 1.0], [False, False]) == 1
    assert report.expected_calibration_error([0.0], [False]) == 0
    both = report.expected_calibration_error([1.0, 0.5], [True, False], bins=2)
    assert both == pytest.approx(0.25)
    last = report.expected_calibration_error([1.0, 0.75], [False, True], bins=2)
    assert last == pytest.approx(0.375)  # an answer of which the model is sure is in the last bin


def test_calibration_error_of_a_calibrated_model_falls_with_the_answers() -> None:
    """The docstring says 0.05 for 400 answers."""
    rng = np.random.default_rng(0)
    errors = {}
    for n in (400, 40_000):
        draws = []
        for _ in range(20):
            probability = rng.uniform(0.3, 1, n)
            draws.append(
                report.expected_calibration_error(probability, rng.random(n) < probability)
            )
        errors[n] = np.mean(draws)
    assert errors[400] == pytest.approx(0.05, abs=0.01)
    assert errors[40_000] < 0.01


@pytest.mark.parametrize(
    ("probability", "right", "message"),
    [
        ([], [], "probability must be at least 1 number from 0 to 1"),
        ([1.1], [True], "probability must be at least 1 number from 0 to 1"),
        ([float("nan")], [True], "probability must be at least 1 number from 0 to 1"),
        ([[0.5]], [[True]], "probability must be at least 1 number from 0 to 1"),
        ([0.5], [1], r"right must be an array of bool, shape \(1,\)"),
        ([0.5], [True, True], r"right must be an array of bool, shape \(1,\)"),
    ],
)
def test_what_has_no_calibration_error(probability: list, right: list, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        report.expected_calibration_error(probability, right)
    with pytest.raises(ParameterError, match="bins must be an int >= 1"):
        report.expected_calibration_error([0.5], [True], bins=0)
