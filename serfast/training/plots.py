"""These functions draw pictures of how good predictions are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ParameterError
from ..forking import forks_wait
from .metrics import Counts, checked_counts, ratio, summary

__all__ = ["figure", "plot_confusion"]


def plot_confusion(
    matrix: Counts,
    classes: Sequence[str],
    path: str | os.PathLike[str],
    title: str | None = None,
) -> None:
    """Write a picture of a confusion matrix: counts, shaded and with their share of the true class.

    Parameters
    ----------
    matrix : array_like, shape (n_classes, n_classes), integer
        It is a confusion matrix, as `confusion_matrix` gives it.
    classes : sequence of str
        These are the matrix's classes, in order.
    path : path
        The picture is written there; the suffix chooses the format (.png, .svg, .pdf).
    title : str, optional
        This line stands above the picture; the default has UAR and accuracy.

    Raises
    ------
    ParameterError
        If the matrix or the classes are bad, as in `classification_report`, or matplotlib can't
        write a file with that suffix.
    ImportError
        If matplotlib is missing; the message says what to install.
    """
    matrix = checked_counts(matrix, classes)
    share = ratio(matrix, matrix.sum(axis=1, keepdims=True))
    width = max(5.5, 3.4 + 0.75 * len(classes))
    page = figure(width, 0.85 * width)
    page.suptitle(title or summary(matrix), fontsize=12, wrap=True)
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
    """Give an empty figure [inch], which needs no display and no global state of pyplot.

    Raises
    ------
    ImportError
        If matplotlib is missing; the message says what to install.
    """
    try:
        with forks_wait:
            from matplotlib.backends.backend_agg import FigureCanvasAgg  # optional: for pictures
            from matplotlib.figure import Figure  # optional: only for pictures
    except ImportError as error:
        hint = 'drawing needs matplotlib: pip install "serfast[cli]"'
        raise ImportError(f"{hint} ({error})") from error
    page = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(page)
    return page
