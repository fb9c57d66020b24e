"""The pitch stage is YIN, step by step.

The source is de Cheveigné and Kawahara, J. Acoust. Soc. Am. 111 (2002), 1917-1930.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.fft import irfft, rfft

from ...program import rows as p
from .framing import heard

__all__ = ["normalized_difference", "parabolic_shift", "pick_lag", "yin"]

Array = np.ndarray[Any, np.dtype[np.float64]]
Lags = np.ndarray[Any, np.dtype[np.int64]]


def yin(frames: Array, node: p.Pitch) -> tuple[Array, Array]:
    """Give F0 [Hz] and aperiodicity of each frame."""
    frames = heard(frames)
    difference = normalized_difference(frames, node.min_lag, node.max_lag)
    chosen = pick_lag(difference, node.threshold)
    lag = node.min_lag + chosen + parabolic_shift(difference, chosen)
    aperiodicity = np.take_along_axis(difference, chosen[:, np.newaxis], axis=1)[:, 0]
    return node.sample_rate / lag, np.where(frames.any(axis=1), aperiodicity, 1.0)


def normalized_difference(frames: Array, min_lag: int, max_lag: int) -> Array:
    """Give YIN's cumulative-mean-normalised difference d'(τ), τ = min_lag … max_lag, per frame.

    With r(τ) the autocorrelation of the frame of N samples, zeros beyond its end, the difference
    is

        d(τ) = 2 (r(0) - r(τ)) - sum_{j < τ} x[j]²
             = sum_{j < N - τ} (x[j] - x[j + τ])² + sum_{j >= N - τ} x[j]²,

    which is librosa's reading of the paper's equation 6: all N samples take part at every lag.
    Equation 8 divides it by its own mean so far: d'(τ) = τ · d(τ) / sum_{0 < j <= τ} d(j).

    librosa (0.11) doesn't subtract x[0]² from d(1). No lag of 1 is ever chosen, but d(1) counts
    in every mean, and where the signal hardly moves from sample to sample that shifts F0 by up
    to 1e-3, or to another trough: so we don't either. A frame of zeros gives zeros.
    """
    length = frames.shape[1]
    spectra = rfft(frames, 2 * length, axis=1)
    r = irfft(np.abs(spectra) ** 2, 2 * length, axis=1)
    lags = np.arange(1, max_lag + 1)
    head = np.cumsum(frames[:, :max_lag] ** 2, axis=1)
    head[:, 0] = 0
    d = 2 * (r[:, :1] - r[:, lags]) - head
    total = np.cumsum(d, axis=1)
    normalized = np.divide(d * lags, total, out=np.zeros_like(d), where=total > 0)
    return np.asarray(normalized[:, min_lag - 1 :])


def pick_lag(difference: Array, threshold: float) -> Lags:
    """Give the index of the first trough of d' below the threshold, per row.

    If there is none, it is the index of the smallest value. A trough is below its left neighbour
    and not above its right one. The first value is a trough if it is below the second, and the last
    one if it is below the one before.
    """
    step = np.diff(difference, axis=1)
    trough = np.empty(difference.shape, dtype=bool)
    trough[:, 0] = step[:, 0] > 0
    trough[:, 1:-1] = (step[:, :-1] < 0) & (step[:, 1:] >= 0)
    trough[:, -1] = step[:, -1] < 0
    good = trough & (difference < threshold)
    chosen = np.where(good.any(axis=1), good.argmax(axis=1), difference.argmin(axis=1))
    return np.asarray(chosen, dtype=np.int64)


def parabolic_shift(difference: Array, chosen: Lags) -> Array:
    """Give the vertex of the parabola through three values, relative to the middle one.

    With a = d'(i+1) + d'(i-1) - 2 d'(i) and b = (d'(i+1) - d'(i-1)) / 2 it is -b/a; 0 if that
    isn't nearer than the neighbours (|b| >= |a|), or if i is the first or last lag.
    """
    row = np.arange(len(difference))
    last = difference.shape[1] - 1
    left = difference[row, np.maximum(chosen - 1, 0)]
    right = difference[row, np.minimum(chosen + 1, last)]
    a = right + left - 2 * difference[row, chosen]
    b = (right - left) / 2
    usable = (chosen > 0) & (chosen < last) & (np.abs(b) < np.abs(a))
    return np.asarray(np.divide(-b, a, out=np.zeros_like(b), where=usable))
