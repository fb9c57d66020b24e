"""Counts of values in bins that become wider with the value, ten in each decade; and quantiles."""

from __future__ import annotations

import math
from itertools import groupby
from typing import Any

import numpy as np

__all__ = ["EDGES", "bars", "histogram", "quantiles"]

Array = np.ndarray[Any, Any]

STEPS = (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.3, 8.0)
"""The Renard series R10 (ISO 3): each number is about 26 % above the one before."""

EDGES = tuple(float(f"{step * 10.0**decade:.4g}") for decade in range(-1, 8) for step in STEPS)
"""Edges of the bins [µs], 0.1 µs to 80 s; the first and the last bin take what lies beyond."""

FOLDED = 3
"""So many empty bins in a row, or more, are drawn as one line."""

QUANTILES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "max": 1.0}


def quantiles(values: Array) -> dict[str, float]:
    """Give the median, the 99th and 99.9th percentile and the largest of the values.

    Each is one of the values: the smallest that isn't below the quantile.

    Examples
    --------
    >>> quantiles(np.arange(1, 1001))
    {'p50': 500.0, 'p99': 990.0, 'p99.9': 999.0, 'max': 1000.0}
    """
    ordered = np.sort(values)
    n = len(ordered)
    return {
        name: float(ordered[max(0, math.ceil(share * n - 1e-9) - 1)])
        for name, share in QUANTILES.items()
    }


def histogram(values: Array) -> dict[str, list[float]]:
    """Count the values [µs] in each bin from the smallest value's to the largest value's.

    Returns
    -------
    dict
        ``edges`` [µs], one more than ``counts``.

    Examples
    --------
    >>> histogram(np.array([1.1, 1.2, 2.2]))
    {'edges': [1.0, 1.25, 1.6, 2.0, 2.5], 'counts': [2, 0, 0, 1]}
    """
    bins = np.clip(np.searchsorted(EDGES, values, side="right") - 1, 0, len(EDGES) - 2)
    first, last = int(bins.min()), int(bins.max())
    counts = np.bincount(bins - first, minlength=last - first + 1)
    return {"edges": list(EDGES[first : last + 2]), "counts": counts.tolist()}


def bars(counted: dict[str, list[float]], width: int = 76) -> list[str]:
    r"""Draw a histogram as lines of text: a bin, its bar, its count.

    A bin with few values has a dot as its bar. Three or more empty bins in a row become one line.

    Parameters
    ----------
    counted : dict
        As from `histogram`.
    width : int
        Characters of a line. Bars have four at least.

    Examples
    --------
    >>> counts = [1000, 1, 0, 0, 0, 250]
    >>> print("\n".join(bars({"edges": [1, 1.25, 1.6, 2, 2.5, 3.2, 4], "counts": counts}, 30)))
       1 – 1.25 µs  ########  1000
    1.25 –  1.6 µs  .            1
       …
     3.2 –    4 µs  ##         250
    """
    edges, counts = counted["edges"], counted["counts"]
    most, digits = max(counts), len(f"{max(counts):.0f}")
    labels = [f"{edge:g}" for edge in edges]
    left, right = max(map(len, labels[:-1])), max(map(len, labels[1:]))
    room = max(4, width - left - right - digits - len(" –  µs    "))
    lines = []
    for empty, bins in groupby(range(len(counts)), key=lambda i: not counts[i]):
        run = list(bins)
        if empty and len(run) >= FOLDED:
            lines.append(f"{'…':>{left}}")
            continue
        for i in run:
            bar = "#" * round(room * counts[i] / most) or ("" if empty else ".")
            label = f"{labels[i]:>{left}} – {labels[i + 1]:>{right}} µs"
            lines.append(f"{label}  {bar:{room}}  {counts[i]:{digits}.0f}")
    return lines
