"""A recording's picture: waveform, spectrogram with F0 and formants, loudness, emotions."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..forking import forks_wait
from ..streaming.events import Event
from ..training.plots import figure, save
from .analysis import RANGE_DB, Analysis

__all__ = ["draw", "figure_of"]

TOP = 5500.0
"""The spectrogram ends here [Hz]: three formants and a fourth one lie below."""

F0_TOP = 500.0
BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#595959"
COLOURS = ("#56b4e9", "#e69f00", "#009e73", "#f0e442", "#cc79a7", "#d55e00", "#0072b2", "#bbbbbb")
"""Colours that people with any colour vision tell apart (Okabe and Ito, 2008), one a class."""

HATCHES = (None, "///", "...", "xxx")
"""Classes beyond the eighth have the first ones' colours again, and a hatching."""

HEIGHTS = {"wave": 0.7, "spectrum": 3.2, "loudness": 1.0, "emotions": 0.55}


def draw(analysis: Analysis, path: str | os.PathLike[str], *, title: str | None = None) -> None:
    """Write the picture of an analysed recording.

    Parameters
    ----------
    analysis : Analysis
        As :func:`serfast.picture.analysed` gives it.
    path : path
        The picture is written there; the suffix chooses the format (.png, .svg, .pdf).
    title : str, optional
        This line stands above the picture.

    Raises
    ------
    ParameterError
        If matplotlib can't write a file with that suffix.
    ImportError
        If matplotlib is missing; the message says what to install.
    """
    save(figure_of(analysis, title=title), path)


def figure_of(analysis: Analysis, *, title: str | None = None) -> Any:
    """Give the picture as a matplotlib figure, for a notebook or another picture.

    Above is the waveform; then the spectrogram, with the formants as dots and F0 as a line that
    has its axis on the right; then loudness and the probability of voicing; below, if a model
    listened, a strip of emotions in colours, paler where the model is uncertain.

    Raises
    ------
    ImportError
        If matplotlib is missing; the message says what to install.
    """
    names = [name for name in HEIGHTS if name != "emotions" or analysis.events]
    heights = [HEIGHTS[name] for name in names]
    page = figure(10.0, 1.0 + 1.15 * sum(heights))
    if title:
        page.suptitle(title, fontsize=12, wrap=True)
    grid = page.subplots(len(names), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    panels = dict(zip(names, grid, strict=True))
    _wave(panels["wave"], analysis)
    _spectrum(panels["spectrum"], analysis)
    _loudness(panels["loudness"], analysis)
    if analysis.events:
        _emotions(panels["emotions"], analysis.events)
    panels[names[-1]].set_xlabel("time [s]")
    grid[0].set_xlim(analysis.begin, max(analysis.end, analysis.begin + 0.01))
    return page


def _wave(axes: Any, analysis: Analysis) -> None:
    """Draw the range of the samples in each of some 2000 slices of time."""
    y = analysis.samples
    slices = np.array_split(y, min(len(y), 2000))
    times = np.linspace(analysis.begin, analysis.end, len(slices))
    low, high = (np.array([edge(part) for part in slices]) for edge in (np.min, np.max))
    axes.fill_between(times, low, high, color=GREY, linewidth=0.3, edgecolor=GREY)
    peak = max(float(np.abs(y).max()), 1e-6)
    axes.set(ylim=(-1.05 * peak, 1.05 * peak), ylabel="samples")
    axes.set_yticks([-peak, 0, peak], [f"{-peak:.2g}", "0", f"{peak:.2g}"])
    axes.spines[["top", "right"]].set_visible(False)


def _spectrum(axes: Any, analysis: Analysis) -> None:
    """Draw levels in grey, formants as dots, and F0 over its own axis."""
    step = analysis.frequencies[1]
    image = axes.imshow(
        analysis.levels.T,
        origin="lower",
        aspect="auto",
        cmap="Greys",
        vmin=-RANGE_DB,
        vmax=0,
        extent=(analysis.begin, analysis.end, -step / 2, analysis.frequencies[-1] + step / 2),
        interpolation="bilinear",
    )
    axes.set(ylim=(0, TOP), ylabel="frequency [Hz]")
    for k, column in enumerate(analysis.formants.T):
        label = "formants F1 to F3" if k == 0 else None
        axes.plot(analysis.times, column, ".", color="white", markersize=5)
        axes.plot(analysis.times, column, ".", color=ORANGE, markersize=3.5, label=label)
    right = axes.twinx()
    right.plot(analysis.times, analysis.f0, color="white", linewidth=4, solid_capstyle="round")
    right.plot(analysis.times, analysis.f0, color=BLUE, linewidth=1.8, label="F0, right axis")
    highest = np.max(analysis.f0, initial=0.0, where=analysis.f0 > 0)
    right.set(ylim=(0, max(F0_TOP, 1.1 * float(highest))), ylabel="F0 [Hz]")
    right.yaxis.label.set_color(BLUE)
    right.tick_params(axis="y", colors=BLUE)
    handles = [*axes.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]]
    right.legend(handles=handles, loc="upper right", fontsize=8, framealpha=0.9)
    bar = axes.figure.colorbar(image, ax=[axes], shrink=0.9, pad=0.01)
    bar.set_label("level [dB]")
    bar.outline.set_visible(False)


def _loudness(axes: Any, analysis: Analysis) -> None:
    """Draw loudness as a line, and the probability of voicing as an area over its own axis."""
    right = axes.twinx()
    right.fill_between(
        analysis.times, 0, analysis.voicing, color=BLUE, alpha=0.2, linewidth=0, step="mid"
    )
    right.set(ylim=(0, 1), ylabel="voicing")
    right.yaxis.label.set_color(BLUE)
    right.tick_params(axis="y", colors=BLUE)
    axes.plot(analysis.times, analysis.loudness, color="black", linewidth=1.2)
    axes.set(ylim=(0, 1.1 * max(float(analysis.loudness.max()), 1e-6)), ylabel="loudness")
    axes.set_zorder(right.get_zorder() + 1)
    axes.patch.set_visible(False)


def _emotions(axes: Any, events: Sequence[Event]) -> None:
    """Draw each event from half way to the one before it up to half way to the next one."""
    classes = list(events[0].probabilities)
    drawn = _joined(events)
    whole = drawn[-1][1] - drawn[0][0]
    for begin, end, label, uncertain in drawn:
        axes.axvspan(
            begin,
            end,
            alpha=0.4 if uncertain else 1.0,
            **_style(classes.index(label)),
        )
        if end - begin > 0.012 * whole * len(label):
            text = f"{label}?" if uncertain else label
            axes.text((begin + end) / 2, 0.5, text, ha="center", va="center", fontsize=9)
    axes.set(ylim=(0, 1), ylabel="emotion")
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    labels = dict.fromkeys(label for _, _, label, _ in drawn)
    _legend(axes.figure, {label: _style(classes.index(label)) for label in labels})


def _joined(events: Sequence[Event]) -> list[tuple[float, float, str, bool]]:
    """Give begin, end, label and doubt of stretches in which events say the same."""
    middles = [(event.start + event.end) / 2 for event in events]
    borders = [(a + b) / 2 for a, b in pairwise(middles)]
    stretches: list[tuple[float, float, str, bool]] = []
    for i, event in enumerate(events):
        begin = max(event.start, borders[i - 1]) if i else event.start
        end = min(event.end, borders[i]) if i < len(borders) else event.end
        what = (event.label, event.uncertain)
        if stretches and stretches[-1][1] == begin and stretches[-1][2:] == what:
            begin = stretches.pop()[0]
        stretches.append((begin, end, *what))
    return stretches


def _style(k: int) -> dict[str, Any]:
    """Give the colour and hatching of class k."""
    again = min(k // len(COLOURS), len(HATCHES) - 1)
    return {"facecolor": COLOURS[k % len(COLOURS)], "hatch": HATCHES[again], "edgecolor": "white"}


def _legend(page: Any, styles: dict[str, dict[str, Any]]) -> None:
    with forks_wait:
        from matplotlib.patches import Patch  # optional: for pictures
    handles = [Patch(label=label, **style) for label, style in styles.items()]
    columns = min(8, len(handles))
    page.legend(
        handles=handles, loc="outside lower center", ncols=columns, frameon=False, fontsize=9
    )
