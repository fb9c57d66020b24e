"""Scores against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from helpers.answers import CLASSES, answers
from serfast.errors import ParameterError
from serfast.training import metrics as report


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
    f1 = metrics.f1_score(true, predicted, labels=CLASSES, average="weighted", zero_division=0)
    assert report.weighted_f1(matrix) == pytest.approx(f1, rel=1e-12)


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
    for call in (report.class_scores, report.unweighted_average_recall, report.weighted_f1):
        with pytest.raises(ParameterError, match=message):
            call(matrix)
