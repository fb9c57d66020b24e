"""How far a figure would move with other speakers: intervals by a bootstrap over speakers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from .. import _checks as checks
from .metrics import Counts, ratio

__all__ = ["DRAWS", "LEVEL", "FigureIntervals", "Interval", "figure_intervals", "recall_interval"]

Interval: TypeAlias = tuple[float, float]
"""The lower and the upper end, from 0 to 1."""

DRAWS = 1000
"""So many sets of speakers are drawn."""

LEVEL = 0.95
"""An interval holds this share of the figures that were drawn."""


class FigureIntervals(NamedTuple):
    """The intervals of an evaluation's figures."""

    uar: Interval
    weighted_f1: Interval
    recall: tuple[Interval | None, ...]
    """Each class has one; it is None for a class without recordings."""


def recall_interval(
    by_speaker: Sequence[Counts],
    *,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = 0,
) -> tuple[float, float]:
    """Give an interval of the unweighted average recall over drawn sets of speakers.

    The recordings of one speaker aren't independent of each other, so whole speakers are drawn:
    as many as there are, with replacement. The interval runs between two percentiles of the
    recalls of these sets (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993,
    chapter 13). It says how much hangs on who spoke; with few speakers it is too narrow.

    Parameters
    ----------
    by_speaker : sequence of array_like, each of shape (n_classes, n_classes), integer
        Each speaker has a confusion matrix; rows are true classes. At least one isn't all 0.
    draws : int
        So many sets are drawn, >= 1.
    level : float
        The interval holds this share of them, above 0 and below 1.
    seed : int
        The draws depend on it, >= 0. The same number of speakers gets the same draws.

    Returns
    -------
    low, high : float
        They are between 0 and 1. A class that a set lacks doesn't count there.

    Raises
    ------
    ParameterError
        If an argument breaks its rule.

    Examples
    --------
    >>> recall_interval([[[1, 0], [0, 1]], [[0, 1], [1, 0]]])
    (0.0, 1.0)
    """
    return figure_intervals(by_speaker, draws=draws, level=level, seed=seed).uar


def figure_intervals(
    by_speaker: Sequence[Counts],
    *,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = 0,
) -> FigureIntervals:
    """Give the intervals of all figures over drawn sets of speakers.

    They are drawn and the intervals made as in :func:`recall_interval`, whose arguments and errors
    these are; the same sets serve for all figures.

    Returns
    -------
    FigureIntervals
        A class without recordings has None. A set that lacks a class doesn't count for its recall.

    Examples
    --------
    >>> figure_intervals([[[1, 0], [0, 1]], [[0, 1], [1, 0]]]).recall
    ((0.0, 1.0), (0.0, 1.0))
    """
    counts = np.asarray(by_speaker, dtype=np.int64)
    if counts.ndim != 3 or counts.shape[1] != counts.shape[2] or not counts.any():
        checks.fail("by_speaker", "a square confusion matrix for each speaker", by_speaker)
    checks.integer("draws", draws)
    checks.number("level", level, above=0)
    if level >= 1:
        checks.fail("level", "below 1", level)
    random = default_rng(checks.integer("seed", seed, 0, 2**63 - 1))
    n = len(counts)
    times = random.multinomial(n, np.full(n, 1 / n), size=draws)  # how often each one is drawn
    hits = times @ np.diagonal(counts, axis1=1, axis2=2)
    support = times @ counts.sum(axis=2)
    taken = times @ counts.sum(axis=1)
    occurring = (support > 0).sum(axis=1)
    some = occurring > 0
    recalls = ratio(hits, support)
    f1 = ratio(2 * hits, support + taken)
    return FigureIntervals(
        _between(recalls[some].sum(axis=1) / occurring[some], level),
        _between((f1 * support)[some].sum(axis=1) / support[some].sum(axis=1), level),
        tuple(
            _between(recall[there], level) if there.any() else None
            for recall, there in zip(recalls.T, support.T > 0, strict=True)
        ),
    )


def _between(figures: NDArray[np.float64], level: float) -> Interval:
    """Give the two percentiles between which this share of the figures lies."""
    low, high = np.quantile(figures, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
