"""A picture of corpora against each other."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks as checks
from ..forking import forks_wait
from .bootstrap import Interval
from .plots import figure, save
from .report import interval_text

__all__ = ["plot_cross"]


def plot_cross(
    corpora: Sequence[str],
    uar: ArrayLike,
    path: str | os.PathLike[str],
    *,
    intervals: Sequence[Sequence[Interval | None]] | None = None,
    chance: float | None = None,
    title: str | None = None,
) -> None:
    """Write a picture of the recalls: a row for each corpus trained on, with numbers in the cells.

    The colours differ in lightness, so any colour vision and a grey print tell them apart. The
    cells of a corpus's own speakers have a frame.

    Parameters
    ----------
    corpora : sequence of str
        n of them.
    uar : array_like, shape (n, n)
        The unweighted average recalls, 0 to 1: rows are trained on, columns asked about.
    path : path
        The picture is written there; the suffix chooses the format (.png, .svg, .pdf).
    intervals : n sequences of n intervals, optional
        They stand below the numbers.
    chance : float, optional
        The recall of answers by chance, 0 to 1; the title has it.
    title : str, optional
        This line stands above the picture.

    Raises
    ------
    ParameterError
        If the numbers aren't n × n shares, or matplotlib can't write a file with that suffix.
    ImportError
        If matplotlib is missing; the message says what to install.
    """
    shares, n = np.asarray(uar, np.float64), len(corpora)
    if shares.shape != (n, n) or not n or not ((shares >= 0) & (shares <= 1)).all():
        checks.fail("uar", f"{n} rows of {n} numbers from 0 to 1", uar)
    width = 3.4 + 1.1 * n
    page = figure(width, 0.8 * width)
    by_chance = "" if chance is None else f" (chance {100 * chance:.0f} %)"
    page.suptitle(title or f"Recall (UAR), %{by_chance}", fontsize=12, wrap=True)
    axes = page.add_subplot()
    image = axes.imshow(100 * shares, cmap="cividis", vmin=0, vmax=100)
    for (row, column), share in np.ndenumerate(shares):
        text = f"{100 * share:.1f}"
        if intervals is not None and (one := interval_text(intervals[row][column])):
            text += f"\n{one}"
        colour = "black" if share > 0.5 else "white"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=10)
    for k in range(n):
        box = (k - 0.47, k - 0.47), 0.94, 0.94
        axes.add_patch(_frame(*box))
    axes.set_xticks(range(n), corpora, rotation=30, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(n), corpora)
    axes.set(xlabel="asked about (framed: its own speakers, left out)", ylabel="trained on")
    axes.spines[:].set_visible(False)
    bar = page.colorbar(image, shrink=0.8)
    bar.set_label("UAR, %")
    bar.outline.set_visible(False)
    save(page, path)


def _frame(corner: tuple[float, float], width: float, height: float) -> object:
    with forks_wait:
        from matplotlib.patches import Rectangle  # optional: only for pictures

    return Rectangle(corner, width, height, fill=False, edgecolor="black", linewidth=2)
