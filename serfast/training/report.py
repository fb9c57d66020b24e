"""A confusion matrix and what follows from it, as text to read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._checks import fail
from .bootstrap import FigureIntervals, Interval
from .metrics import (
    Counts,
    checked_counts,
    class_scores,
    unweighted_average_recall,
    weighted_f1,
)

__all__ = ["classification_report", "confusion_table", "interval_text", "summary"]


def classification_report(
    matrix: Counts, classes: Sequence[str], intervals: FigureIntervals | None = None
) -> str:
    """Give a table, as text, of the scores of each class and of all together.

    Parameters
    ----------
    matrix : array_like, shape (n_classes, n_classes), integer
        It is a confusion matrix, as `confusion_matrix` gives it.
    classes : sequence of str
        These are the matrix's classes, in order.
    intervals : FigureIntervals, optional
        They stand beside the figures, see :func:`serfast.training.figure_intervals`.

    Returns
    -------
    str
        The lines have percentages with one decimal, intervals without; there is no final newline.

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
    UAR 87.5 %, weighted F1 87.3 %, accuracy 87.5 %, 8 recordings
    """
    matrix = checked_counts(matrix, classes)
    if intervals is not None and len(intervals.recall) != len(classes):
        fail("intervals", f"of the recall of {len(classes)} classes", len(intervals.recall))
    width = max(map(len, classes))
    header = f"{'':{width}}  precision  recall    F1  support"
    lines = [header if intervals is None else f"{header}  recall's interval"]
    rows = zip(classes, *class_scores(matrix), strict=True)
    for k, (name, precision, recall, f1, support) in enumerate(rows):
        scores = f"{100 * precision:9.1f}  {100 * recall:6.1f}  {100 * f1:4.1f}  {support:7}"
        if intervals is not None:
            scores = f"{scores}  {interval_text(intervals.recall[k]):>17}"
        lines.append(f"{name:{width}}  {scores}".rstrip())
    lines += ["", summary(matrix)]
    if intervals is not None:
        uar, wf1 = interval_text(intervals.uar), interval_text(intervals.weighted_f1)
        lines.append(f"95 % intervals: UAR {uar} %, weighted F1 {wf1} %")
    return "\n".join(lines)


def confusion_table(matrix: Counts, classes: Sequence[str]) -> list[str]:
    """Give a confusion matrix as lines of text: a line for each true class.

    Raises
    ------
    ParameterError
        If the matrix is bad, as in `class_scores`, or `classes` has another length.

    Examples
    --------
    >>> print(*confusion_table([[3, 1], [0, 4]], ["anger", "neutral"]), sep=chr(10))
    true / predicted  anger  neutral
    anger                 3        1
    neutral               0        4
    """
    matrix = checked_counts(matrix, classes)
    corner = "true / predicted"
    width = max(len(corner), *map(len, classes))
    cells = [list(classes), *([str(count) for count in row] for row in matrix)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join([name.ljust(width), *map(str.rjust, row, widths)])
        for name, row in zip([corner, *classes], cells, strict=True)
    ]


def summary(matrix: Counts) -> str:
    """Give a line with UAR, weighted F1, accuracy and the number of recordings."""
    shares = {
        "UAR": unweighted_average_recall(matrix),
        "weighted F1": weighted_f1(matrix),
        "accuracy": np.trace(matrix) / matrix.sum(),
    }
    texts = [f"{name} {100 * share:.1f} %" for name, share in shares.items()]
    return f"{', '.join(texts)}, {matrix.sum()} recordings"


def interval_text(interval: Interval | None) -> str:
    """Write an interval of shares in percent, without the sign; "" if there is none."""
    return "" if interval is None else f"{100 * interval[0]:.0f} to {100 * interval[1]:.0f}"
