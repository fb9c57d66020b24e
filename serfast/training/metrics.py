"""These functions tell how good predictions are: confusion matrix, recalls, a report to read.

The field's measure is the unweighted average recall (UAR), the mean of the classes' recalls. In a
corpus with many angry utterances, a classifier that always says "anger" has a low UAR (Schuller et
al., "The INTERSPEECH 2009 Emotion Challenge").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._checks import fail, integer, refuse, shown
from ..errors import ParameterError

__all__ = [
    "BINS",
    "ClassScores",
    "Counts",
    "checked_counts",
    "class_scores",
    "classification_report",
    "confusion_matrix",
    "expected_calibration_error",
    "ratio",
    "summary",
    "unweighted_average_recall",
]

Counts = NDArray[np.int64]

BINS = 15
"""The calibration error sorts answers into so many bins of equal width."""


class ClassScores(NamedTuple):
    """Each score has shape (n_classes,), one value a class; it is 0 where the denominator is 0."""

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    support: Counts


def confusion_matrix(
    true: Sequence[str], predicted: Sequence[str], classes: Sequence[str]
) -> Counts:
    """Give the number of recordings for each pair of true and predicted class.

    Parameters
    ----------
    true, predicted : sequence of str, same length
        They hold the classes of each recording; all of these are in `classes`.
    classes : sequence of str
        This is the order of rows and columns.

    Returns
    -------
    numpy.ndarray, shape (n_classes, n_classes), int64
        Entry (i, j) counts the recordings of class i that were taken for class j.

    Raises
    ------
    ParameterError
        If the lengths differ, or a class is listed twice or not at all.

    Examples
    --------
    >>> confusion_matrix(["a", "a", "b"], ["a", "b", "b"], ["a", "b"]).tolist()
    [[1, 1], [0, 1]]
    """
    index = {name: i for i, name in enumerate(classes)}
    if not index or len(index) < len(classes):
        fail("classes", "at least one name, each once", list(classes))
    if len(true) != len(predicted):
        fail("predicted", f"as long as true ({len(true)})", len(predicted))
    for name, values in (("true", true), ("predicted", predicted)):
        for i, value in enumerate(values):
            if value not in index:
                raise ParameterError(f"{name}[{i}] must be one of classes, got {shown(value)}")
    matrix = np.zeros((len(index), len(index)), dtype=np.int64)
    np.add.at(matrix, ([index[t] for t in true], [index[p] for p in predicted]), 1)
    return matrix


def class_scores(matrix: Counts) -> ClassScores:
    """Give precision, recall, F1 and support of each class of a confusion matrix.

    Parameters
    ----------
    matrix : array_like, shape (n_classes, n_classes), integer
        It is a confusion matrix, as `confusion_matrix` gives it.

    Returns
    -------
    ClassScores

    Raises
    ------
    ParameterError
        If `matrix` isn't square, holds anything but counts, or is all zero.

    Examples
    --------
    >>> class_scores([[3, 1], [0, 4]]).recall.tolist()
    [0.75, 1.0]
    """
    matrix = checked_counts(matrix)
    hits, support, taken = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    return ClassScores(
        precision=ratio(hits, taken),
        recall=ratio(hits, support),
        f1=ratio(2 * hits, support + taken),
        support=support,
    )


def unweighted_average_recall(matrix: Counts) -> float:
    """Give the mean recall of the classes that occur.

    Parameters
    ----------
    matrix : array_like, shape (n_classes, n_classes), integer
        It is a confusion matrix. A class without recordings has no recall and doesn't count.

    Returns
    -------
    float
        It is between 0 and 1. Another name for it is balanced accuracy.

    Raises
    ------
    ParameterError
        If the matrix is bad, as in `class_scores`.

    Examples
    --------
    >>> unweighted_average_recall([[3, 1], [0, 4]])
    0.875
    """
    scores = class_scores(matrix)
    return float(scores.recall[scores.support > 0].mean())


def expected_calibration_error(
    probability: ArrayLike, right: ArrayLike, *, bins: int = BINS
) -> float:
    """Give how far stated probabilities are from the shares of answers that are right.

    Answers are sorted by their probability into bins of equal width, (0, 1/bins] and so on. In
    each bin the share of right answers is compared with the mean probability; the differences,
    without their signs, are averaged over all answers (Guo et al., "On calibration of modern
    neural networks", ICML 2017, eq. 3).

    Parameters
    ----------
    probability : array_like, shape (n,)
        It holds the largest probability of each answer, that of the class answered, 0 to 1.
    right : array_like of bool, shape (n,)
        It says whether that class is the true one.
    bins : int
        There are so many bins, >= 1; the field's usual number is 15.

    Returns
    -------
    float
        It is between 0, perfectly calibrated, and 1. With few answers in a bin it is above 0 by
        chance alone: of a calibrated model with 400 answers about 0.05.

    Raises
    ------
    ParameterError
        If the lengths differ or are 0, or a probability isn't from 0 to 1.

    Examples
    --------
    >>> round(expected_calibration_error([0.9, 0.9, 0.6, 0.6], [True, True, True, False]), 3)
    0.1
    """
    p, hit = np.asarray(probability, dtype=np.float64), np.asarray(right)
    if p.ndim != 1 or not len(p) or not ((p >= 0) & (p <= 1)).all():
        fail("probability", "at least 1 number from 0 to 1, in one dimension", probability)
    if hit.dtype != bool or hit.shape != p.shape:
        fail("right", f"an array of bool, shape {p.shape}", right)
    place = np.clip(np.ceil(p * integer("bins", bins)).astype(int) - 1, 0, None)
    surplus = np.bincount(place, weights=hit - p)
    return float(np.abs(surplus).sum() / len(p))


def classification_report(matrix: Counts, classes: Sequence[str]) -> str:
    """Give a table, as text, of the scores of each class and of all together.

    Parameters
    ----------
    matrix : array_like, shape (n_classes, n_classes), integer
        It is a confusion matrix, as `confusion_matrix` gives it.
    classes : sequence of str
        These are the matrix's classes, in order.

    Returns
    -------
    str
        The lines have percentages with one decimal; there is no final newline.

    Raises
    ------
    ParameterError
        If the matrix is bad, as in `class_scores`, or `classes` has another length.

    Examples
    --------
    >>> print(classification_report([[3, 1], [0, 4]], ["anger", "neutral"]))
             precision  recall    F1  support
    anger        100.0    75.0  85.7        4
    neutral       80.0   100.0  88.9        4
    <BLANKLINE>
    UAR 87.5 %, accuracy 87.5 %, 8 recordings
    """
    matrix = checked_counts(matrix, classes)
    width = max(map(len, classes))
    lines = [f"{'':{width}}  precision  recall    F1  support"]
    for name, precision, recall, f1, support in zip(classes, *class_scores(matrix), strict=True):
        scores = f"{100 * precision:9.1f}  {100 * recall:6.1f}  {100 * f1:4.1f}  {support:7}"
        lines.append(f"{name:{width}}  {scores}")
    lines += ["", summary(matrix)]
    return "\n".join(lines)


def checked_counts(matrix: Any, classes: Sequence[str] | None = None) -> Counts:
    """Give a confusion matrix as int64, or raise ParameterError if it holds anything but counts."""
    counts = np.asarray(matrix)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        refuse("matrix", "square", f"shape {counts.shape}")
    if counts.dtype.kind not in "iu" or (counts < 0).any() or not counts.any():
        fail("matrix", "counts >= 0, not all of them 0", matrix)
    if classes is not None and len(classes) != len(counts):
        fail("classes", f"{len(counts)} names, as matrix has rows", list(classes))
    return counts.astype(np.int64)


def ratio(part: Counts, whole: Counts) -> NDArray[np.float64]:
    """Give counts divided by counts, and 0 where the denominator is 0."""
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def summary(matrix: Counts) -> str:
    """Give a line with UAR, accuracy and the number of recordings."""
    accuracy = np.trace(matrix) / matrix.sum()
    uar = unweighted_average_recall(matrix)
    return f"UAR {100 * uar:.1f} %, accuracy {100 * accuracy:.1f} %, {matrix.sum()} recordings"
