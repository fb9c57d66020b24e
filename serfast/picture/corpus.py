"""A corpus as a picture: how many recordings there are of each class and speaker."""

from __future__ import annotations

import os

import numpy as np

from ..corpora.checking import Checked
from ..training.plots import figure, save

__all__ = ["draw_corpus"]

MOST_NUMBERS = 40
"""With more speakers than this the squares are too small for numbers."""


def draw_corpus(checked: Checked, path: str | os.PathLike[str]) -> None:
    """Draw how many recordings there are of each class and speaker.

    Parameters
    ----------
    checked : Checked
        What :func:`serfast.corpora.checking.check` gives.
    path : path
        The picture is written there; the suffix chooses the format (.png, .svg, .pdf).

    Raises
    ------
    ParameterError
        If matplotlib can't write a file with that suffix.
    ImportError
        If matplotlib is missing.
    """
    counts, classes, speakers = checked.counts, checked.classes, checked.speakers
    page = figure(
        min(14.0, max(6.0, 2.5 + 0.42 * len(speakers))), max(2.8, 1.6 + 0.42 * len(classes))
    )
    title = checked.corpus.title if checked.corpus else "recordings"
    n_speakers = f"{len(speakers)} speaker{'s' * (len(speakers) != 1)}"
    page.suptitle(
        f"{title}: {len(checked.recordings)} recordings, {n_speakers}, "
        f"{checked.seconds / 60:.0f} min",
        fontsize=12,
    )
    axes = page.add_subplot()
    image = axes.imshow(counts, cmap="Blues", vmin=0, vmax=max(1, counts.max()), aspect="auto")
    few = len(speakers) <= MOST_NUMBERS
    if few:
        for (row, column), count in np.ndenumerate(counts):
            colour = "white" if count > 0.55 * counts.max() else "black"
            axes.text(column, row, count or "·", ha="center", va="center", color=colour, fontsize=9)
        axes.set_xticks(range(len(speakers)), speakers, rotation=45, ha="right")
    else:
        axes.set_xticks([])
    sums = [f"{name} ({count})" for name, count in zip(classes, counts.sum(axis=1), strict=True)]
    axes.set_yticks(range(len(classes)), sums)
    axes.set(xlabel="speaker" if few else f"{len(speakers)} speakers", ylabel="")
    axes.spines[:].set_visible(False)
    page.colorbar(image, label="recordings").outline.set_visible(False)
    save(page, path)
