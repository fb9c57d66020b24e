"""The pitch stage computes YIN's F0 and aperiodicity, with the same steps as ext/pitch.pxd."""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiling import kernel, part
from .realfft import cosine_transform, power_spectrum

__all__ = ["yin"]

Pointer = Any
Record = Any
Records = Any

NOTHING, ONE = np.float32(0), np.float32(1)
TINY = np.finfo(np.float32).tiny


@kernel
def normalized_difference(
    node: Record, lags: Pointer, r: Pointer, x: Pointer, d: Pointer, sums: Pointer
) -> None:
    """Compute d[τ - 1] = d'(τ) for τ = 1 … max_lag; r is 2 · transform length times too large."""
    scale = ONE / np.float32(node.transform_length)
    head = NOTHING
    # As in librosa, x[0]² isn't subtracted from d(1); at high sample rates this changes every d'.
    value = total = scale * (r[0] - r[1])
    d[0] = sums[0] = value
    head = x[0] * x[0]
    for i in range(1, node.max_lag):
        head = head + x[i] * x[i]
        value = scale * (r[0] - r[i + 1]) - head
        total = total + value
        d[i] = value
        sums[i] = total
    for i in range(node.max_lag):
        d[i] = d[i] * lags[i] / (sums[i] + TINY)


@kernel
def chosen_lag(d: Pointer, n: int, threshold: np.float32) -> int:
    """Give the index of the first trough below the threshold, or else of the smallest value."""
    if d[0] < threshold and d[0] < d[1]:
        return 0
    for i in range(1, n - 1):
        if d[i] < threshold and d[i - 1] > d[i] and d[i] <= d[i + 1]:
            return i
    if d[n - 1] < threshold and d[n - 1] < d[n - 2]:
        return n - 1
    best = 0
    for i in range(1, n):
        if d[i] < d[best]:
            best = i
    return best


@kernel
def parabola(d: Pointer, i: int, n: int) -> float:
    """Give the bottom of the parabola through i and its neighbours, from i; 0 at the ends."""
    if i == 0 or i + 1 == n:
        return 0.0
    left, middle, right = np.float64(d[i - 1]), np.float64(d[i]), np.float64(d[i + 1])
    a, b = right + left - 2 * middle, (right - left) / 2
    return -b / a if abs(b) < abs(a) else 0.0


@part
def yin(
    node: Record, reals: Records, ffts: Records, passes: Records, tables: Pointer, frame: Pointer,
    row: Pointer, padded: Pointer, power: Pointer, lags: Pointer, scratch: Pointer,
) -> None:  # fmt: skip
    """Compute F0 [Hz] and d' at the chosen lag; d' is 1 for silence and for far too much energy."""
    real = reals[node.real]
    for i in range(node.length):
        padded[i] = frame[i]
    for i in range(node.length, real.length):
        padded[i] = NOTHING
    r, d, sums = lags, lags + node.lag_area, lags + 2 * node.lag_area
    power_spectrum(real, ffts, passes, tables, padded, tables + node.halves, power, scratch)
    cosine_transform(real, ffts, passes, tables, power, node.max_lag + 1, r, scratch)
    normalized_difference(node, tables + node.lags, r, padded, d, sums)
    curve, n = d + (node.min_lag - 1), node.max_lag - node.min_lag + 1
    i = chosen_lag(curve, n, node.threshold)
    lag = node.min_lag + i + parabola(curve, i, n)
    row[node.column] = np.float32(node.sample_rate / lag)
    has_energy = r[0] > NOTHING and curve[i] == curve[i]  # far too much energy gives NaN
    row[node.column + 1] = curve[i] if has_energy else ONE
