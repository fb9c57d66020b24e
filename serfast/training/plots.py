"""These functions draw pictures of how good predictions are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ParameterError
from ..forking import forks_wait
from .condition_figures import ConditionFigures
from .metrics import Counts, checked_counts, ratio
from .report import summary

__all__ = ["figure", "plot_conditions", "plot_confusion", "save"]

SEEN, NEVER = "#0072b2", "#e69f00"
"""Two colours that people with any colour vision tell apart (Okabe and Ito, 2008)."""


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
        This line stands above the picture; the default has UAR, weighted F1 and accuracy.

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
    save(page, path)


def plot_conditions(
    figures: Sequence[ConditionFigures],
    path: str | os.PathLike[str],
    *,
    chance: float | None = None,
    title: str | None = None,
) -> None:
    """Write a picture of the recall under conditions: a bar for each, with its interval.

    Bars of a group stand together. Conditions that the training never saw are hatched and have
    another colour.

    Parameters
    ----------
    figures : sequence of ConditionFigures
        There is at least one; a line is drawn down from the first, of the unaltered recordings.
    path : path
        The picture is written there; the suffix chooses the format (.png, .svg, .pdf).
    chance : float, optional
        A line is drawn at the recall of answers by chance, 0 to 1.
    title : str, optional
        This line stands above the picture.

    Raises
    ------
    ParameterError
        If there are no figures, or matplotlib can't write a file with that suffix.
    ImportError
        If matplotlib is missing; the message says what to install.
    """
    if not figures:
        raise ParameterError("figures must be at least 1, got none")
    groups = list(dict.fromkeys(one.group for one in figures))
    bars = [one for group in groups for one in figures if one.group == group]
    places = [k + 0.6 * groups.index(one.group) for k, one in enumerate(bars)]
    page = figure(8.0, 1.4 + 0.27 * (places[-1] + 1))
    page.suptitle(title or "Recall (UAR) of speakers that the model doesn't know", fontsize=12)
    axes = page.add_subplot()
    drawn = _draw_bars(axes, places, bars)
    clean = 100 * figures[0].uar
    lines = [axes.axvline(clean, color="black", linewidth=1, linestyle="--", label="clean")]
    if chance is not None:
        lines += [axes.axvline(100 * chance, color="black", linewidth=1.5, linestyle=":")]
        lines[-1].set_label("chance")
    axes.set(xlim=(0, 108), ylim=(places[-1] + 0.7, -0.7), xlabel="%, with 95 % intervals")
    axes.set_xticks(range(0, 101, 20))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    page.legend(
        handles=[*drawn, *lines], loc="outside lower center", ncols=4, frameon=False, fontsize=9
    )
    save(page, path)


def _draw_bars(axes: Any, places: Sequence[float], bars: Sequence[ConditionFigures]) -> list[Any]:
    """Draw the bars of both kinds with their intervals; the recall stands at the right edge."""
    drawn = []
    for trained, colour, hatch, label in (
        (True, SEEN, None, "trained on"),
        (False, NEVER, "///", "never trained on"),
    ):
        pairs = [(y, one) for y, one in zip(places, bars, strict=True) if one.trained == trained]
        if not pairs:
            continue
        uar = np.array([one.uar for _, one in pairs])
        limits = np.array([one.interval or (one.uar, one.uar) for _, one in pairs])
        off = np.maximum(0, np.stack([uar - limits[:, 0], limits[:, 1] - uar]))
        drawn.append(
            axes.barh(
                [y for y, _ in pairs],
                100 * uar,
                xerr=100 * off,
                height=0.78,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                label=label,
                error_kw={"ecolor": "#333333", "elinewidth": 1, "capsize": 2},
            )
        )
    for y, one in zip(places, bars, strict=True):
        axes.text(107, y, f"{100 * one.uar:.0f}", ha="right", va="center", fontsize=9)
    axes.set_yticks(places, [one.name for one in bars], fontsize=9)
    return drawn


def save(page: Any, path: str | os.PathLike[str]) -> None:
    """Write a figure; the suffix chooses the format.

    Raises
    ------
    ParameterError
        If matplotlib can't write a file with that suffix.
    """
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
        hint = "drawing needs matplotlib: pip install matplotlib"
        raise ImportError(f"{hint} ({error})") from error
    page = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(page)
    return page
