"""How far a figure would move with other speakers: intervals by a bootstrap over speakers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import default_rng

from .. import _checks as checks
from .metrics import Counts, ratio

__all__ = ["DRAWS", "LEVEL", "recall_interval"]

DRAWS = 1000
"""So many sets of speakers are drawn."""

LEVEL = 0.95
"""An interval holds this share of the figures that were drawn."""


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
    occurring = (support > 0).sum(axis=1)
    recalls = ratio(hits, support).sum(axis=1)[occurring > 0] / occurring[occurring > 0]
    low, high = np.quantile(recalls, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
