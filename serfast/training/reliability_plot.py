"""A picture of how often answers are right beside the probability that they state."""

from __future__ import annotations

import os

import numpy as np

from ..errors import ParameterError
from .calibration import ReliabilityCurve
from .plots import NEVER, SEEN, figure, save

__all__ = ["plot_reliability"]


def plot_reliability(
    curve: ReliabilityCurve, path: str | os.PathLike[str], *, title: str | None = None
) -> None:
    """Write a reliability diagram: the share of right answers by stated probability.

    A calibrated model's bars end on the diagonal; above it the model is too modest, below it too
    sure. Under the bars stands how many answers each bin has, because a bin of few says little.

    Parameters
    ----------
    curve : ReliabilityCurve
        It has an answer at least, see :func:`serfast.training.reliability_curve`.
    path : path
        The picture is written there; the suffix chooses the format (.png, .svg, .pdf).
    title : str, optional
        This line stands above the picture; the default has the calibration error.

    Raises
    ------
    ParameterError
        If the curve has no answer, or matplotlib can't write a file with that suffix.
    ImportError
        If matplotlib is missing; the message says what to install.
    """
    total = int(curve.answers.sum())
    if not total:
        raise ParameterError("curve must have at least 1 answer, got none")
    error = np.abs(curve.right - curve.probability) @ curve.answers / total
    n_bins = len(curve.answers)
    middles = (np.arange(n_bins) + 0.5) * 100 / n_bins
    some = curve.answers > 0
    page = figure(6.0, 6.5)
    page.suptitle(title or f"Calibration error (ECE) {error:.3f}, {total} answers", fontsize=12)
    above, below = page.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    above.bar(
        middles[some],
        100 * curve.right[some],
        width=95 / n_bins,
        color=SEEN,
        label="answers that are right",
    )
    above.plot(
        100 * curve.probability[some],
        100 * curve.probability[some],
        "o",
        color=NEVER,
        markeredgecolor="black",
        label="what they state, on average",
    )
    above.plot([0, 100], [0, 100], "--", color="black", linewidth=1, label="calibrated")
    above.set(xlim=(0, 100), ylim=(0, 108), ylabel="right, % of the bin")
    above.legend(loc="upper left", frameon=False, fontsize=9)
    bars = below.bar(middles[some], curve.answers[some], width=95 / n_bins, color="#777777")
    below.bar_label(bars, fontsize=8)
    below.margins(y=0.25)
    below.set(xlabel="stated probability, %", ylabel="answers")
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
    save(page, path)
