"""How well a classifier did: confusion matrix, recalls, a report to read and a picture to show.

Unweighted average recall (UAR), the mean of the classes' recalls, is the field's measure: a corpus
with many angry utterances can't be won by always saying "anger" (Schuller et al., "The INTERSPEECH
2009 Emotion Challenge").
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._checks import fail, refuse, shown
from .errors import ParameterError

__all__ = [
    "ClassScores",
    "class_scores",
    "classification_report",
    "confusion_matrix",
    "figure",
    "plot_confusion",
    "unweighted_average_recall",
]

Counts = NDArray[np.int64]


class ClassScores(NamedTuple):
    """Per class, each of shape (n_classes,); 0 where the denominator is 0."""

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    support: Counts


def confusion_matrix(
    true: Sequence[str], predicted: Sequence[str], classes: Sequence[str]
) -> Counts:
    """Count each pair of true and predicted class.

    Parameters
    ----------
    true, predicted : sequence of str, same length
        Class of each recording; all of them in `classes`.
    classes : sequence of str
        The classes, in the order of rows and columns.

    Returns
    -------
    numpy.ndarray, shape (n_classes, n_classes), int64
        Entry (i, j): recordings of class i that were taken for class j.

    Raises
    ------
    ParameterError
        The lengths differ, a class is listed twice or not at all.

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
    """Precision, recall, F1 and support of each class of a confusion matrix.

    Parameters
    ----------
    matrix : array_like, shape (n_classes, n_classes), integer
        As from `confusion_matrix`.

    Returns
    -------
    ClassScores

    Raises
    ------
    ParameterError
        `matrix` isn't square, holds anything but counts, or is all zero.

    Examples
    --------
    >>> class_scores([[3, 1], [0, 4]]).recall.tolist()
    [0.75, 1.0]
    """
    matrix = _counts(matrix)
    hits, support, taken = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    return ClassScores(
        precision=_ratio(hits, taken),
        recall=_ratio(hits, support),
        f1=_ratio(2 * hits, support + taken),
        support=support,
    )


def unweighted_average_recall(matrix: Counts) -> float:
    """Mean recall of the classes that occur.

    Parameters
    ----------
    matrix : array_like, shape (n_classes, n_classes), integer
        As from `confusion_matrix`. A class without recordings has no recall and doesn't count.

    Returns
    -------
    float
        Between 0 and 1; the balanced accuracy.

    Raises
    ------
    ParameterError
        As `class_scores`.

    Examples
    --------
    >>> unweighted_average_recall([[3, 1], [0, 4]])
    0.875
    """
    scores = class_scores(matrix)
    return float(scores.recall[scores.support > 0].mean())


def classification_report(matrix: Counts, classes: Sequence[str]) -> str:
    """Lay the scores of each class and of the whole out as a table of text.

    Parameters
    ----------
    matrix : array_like, shape (n_classes, n_classes), integer
        As from `confusion_matrix`.
    classes : sequence of str
        Its classes, in order.

    Returns
    -------
    str
        Lines without a final newline; percentages with one decimal.

    Raises
    ------
    ParameterError
        As `class_scores`, or `classes` doesn't fit.

    Examples
    --------
    >>> print(classification_report([[3, 1], [0, 4]], ["anger", "neutral"]))
             precision  recall    F1  support
    anger        100.0    75.0  85.7        4
    neutral       80.0   100.0  88.9        4
    <BLANKLINE>
    UAR 87.5 %, accuracy 87.5 %, 8 recordings
    """
    matrix = _counts(matrix, classes)
    width = max(map(len, classes))
    lines = [f"{'':{width}}  precision  recall    F1  support"]
    for name, precision, recall, f1, support in zip(classes, *class_scores(matrix), strict=True):
        scores = f"{100 * precision:9.1f}  {100 * recall:6.1f}  {100 * f1:4.1f}  {support:7}"
        lines.append(f"{name:{width}}  {scores}")
    lines += ["", _summary(matrix)]
    return "\n".join(lines)


def plot_confusion(
    matrix: Counts,
    classes: Sequence[str],
    path: str | os.PathLike[str],
    title: str | None = None,
) -> None:
    """Draw a confusion matrix: counts, shaded and labelled with their share of the true class.

    Parameters
    ----------
    matrix : array_like, shape (n_classes, n_classes), integer
        As from `confusion_matrix`.
    classes : sequence of str
        Its classes, in order.
    path : path
        Picture to write; the suffix chooses the format (.png, .svg, .pdf).
    title : str, optional
        Line above the picture; default: UAR and accuracy.

    Raises
    ------
    ParameterError
        As `classification_report`, or matplotlib can't write a file of that suffix.
    ImportError
        matplotlib is missing; the message says what to install.
    """
    matrix = _counts(matrix, classes)
    share = _ratio(matrix, matrix.sum(axis=1, keepdims=True))
    width = max(5.5, 3.4 + 0.75 * len(classes))
    page = figure(width, 0.85 * width)
    page.suptitle(title or _summary(matrix), fontsize=12, wrap=True)
    axes = page.add_subplot()
    image = axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(matrix):
        colour = "white" if share[row, column] > 0.55 else "black"
        text = f"{count}\n{100 * share[row, column]:.0f} %" if count else "·"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)
    axes.set_xticks(range(len(classes)), classes, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(classes)), classes)
    axes.set(xlabel="predicted", ylabel="true")
    axes.spines[:].set_visible(False)
    bar = page.colorbar(image, shrink=0.8, format=lambda value, _: f"{100 * value:.0f} %")
    bar.set_label("share of the true class")
    bar.outline.set_visible(False)
    try:
        page.savefig(path, dpi=150)
    except ValueError as error:
        raise ParameterError(f"path must end in .png, .svg or .pdf: {error}") from error


def figure(width: float, height: float) -> Any:
    """Make an empty figure [inch], drawn without a display and without pyplot's global state.

    Raises
    ------
    ImportError
        matplotlib is missing; the message says what to install.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        hint = 'drawing needs matplotlib: pip install "serfast[cli]"'
        raise ImportError(f"{hint} ({error})") from error
    page = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(page)
    return page


def _counts(matrix: Any, classes: Sequence[str] | None = None) -> Counts:
    counts = np.asarray(matrix)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        refuse("matrix", "square", f"shape {counts.shape}")
    if counts.dtype.kind not in "iu" or (counts < 0).any() or not counts.any():
        fail("matrix", "counts >= 0, not all of them 0", matrix)
    if classes is not None and len(classes) != len(counts):
        fail("classes", f"{len(counts)} names, as matrix has rows", list(classes))
    return counts.astype(np.int64)


def _ratio(part: Counts, whole: Counts) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def _summary(matrix: Counts) -> str:
    accuracy = np.trace(matrix) / matrix.sum()
    uar = unweighted_average_recall(matrix)
    return f"UAR {100 * uar:.1f} %, accuracy {100 * accuracy:.1f} %, {matrix.sum()} recordings"
