"""These functions tell how good predictions are: confusion matrix, recalls, F1.

The field's measure is the unweighted average recall (UAR), the mean of the classes' recalls. In a
corpus with many angry utterances, a classifier that always says "anger" has a low UAR (Schuller et
al., "The INTERSPEECH 2009 Emotion Challenge").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._checks import fail, refuse, shown
from ..errors import ParameterError

__all__ = [
    "ClassScores",
    "Counts",
    "checked_counts",
    "class_scores",
    "confusion_matrix",
    "ratio",
    "unweighted_average_recall",
    "weighted_f1",
]

Counts = NDArray[np.int64]


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


def weighted_f1(matrix: Counts) -> float:
    """Give the mean F1 of the classes, each of which counts by its number of recordings.

    Parameters
    ----------
    matrix : array_like, shape (n_classes, n_classes), integer
        It is a confusion matrix.

    Returns
    -------
    float
        It is between 0 and 1.

    Raises
    ------
    ParameterError
        If the matrix is bad, as in `class_scores`.

    Examples
    --------
    >>> round(weighted_f1([[3, 1], [0, 4]]), 4)
    0.873
    """
    scores = class_scores(matrix)
    return float(scores.f1 @ scores.support / scores.support.sum())


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
