"""Which F0 rounding noise can lead YIN to: how a difference of two implementations is explained.

YIN chooses among troughs, so noise far below any tolerance can move its answer by an octave: when
two troughs are equally deep, or one touches the threshold. A value of F0 is *reachable* if some
change of d' within the noise makes the rule choose it. Written from the exact difference function
in float64, independently of the reference back end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EPS = float(np.finfo(np.float32).eps)
TIE = 1e-5
"""Noise, in units of EPS, so small that only exact ties are undecided: about that of float64."""
UNITS = (TIE, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0)
"""Noises that `needed` tries, in units of EPS · r(0)."""


@dataclass
class Frame:
    """d'(τ) of a frame in exact arithmetic, τ = min_lag …, and its sensitivity to noise in d."""

    difference: np.ndarray
    sensitivity: np.ndarray
    min_lag: int


def exact(frame: np.ndarray, min_lag: int, max_lag: int) -> Frame:
    """d' by its definition: d(τ) = Σ_j (x[j] - x[j+τ])² over the whole frame, zeros beyond it.

    At τ = 1 librosa's sum begins one sample before the frame, which adds x[0]².
    """
    x = frame.astype(np.float64)
    extended = np.concatenate([x, np.zeros(max_lag)])
    shifted = np.lib.stride_tricks.sliding_window_view(extended, len(x))[1 : max_lag + 1]
    d = ((x - shifted) ** 2).sum(axis=1)
    d[0] += x[0] ** 2
    total = np.cumsum(d)
    per_total = np.divide(np.arange(1, max_lag + 1), total, out=np.zeros(max_lag), where=total > 0)
    wanted = slice(min_lag - 1, None)
    return Frame((d * per_total)[wanted], (np.sum(x**2) * per_total)[wanted], min_lag)


def needed(
    frame: np.ndarray, lags: tuple[int, int], answers: tuple[float, float], threshold: float
) -> float:
    """Give the least of `UNITS` that leads YIN to both answers [samples]; infinity if none does."""
    truth = exact(frame, *lags)
    for units in UNITS:
        if all(reachable(truth, lag, units, threshold) for lag in answers):
            return units
    return float("inf")


def reachable(frame: Frame, lag: float, units: float, threshold: float) -> bool:
    """Tell whether noise of `units` · EPS · r(0) in d can make YIN answer `lag` [samples]."""
    noise = units * EPS * frame.sensitivity
    indices = np.flatnonzero(_candidates(frame.difference, noise, threshold))
    shift, slack = _vertex(frame.difference, noise)
    distance = np.abs(frame.min_lag + indices + shift[indices] - lag)
    return bool(np.any(distance <= slack[indices] + 2 * EPS * lag))


def _candidates(d: np.ndarray, noise: np.ndarray, threshold: float) -> np.ndarray:
    """Give lags that the rule can choose: first troughs below the threshold, smallest values."""
    low, high = d - noise, d + noise
    trough = low < threshold
    trough[1:] &= low[1:] < high[:-1]
    trough[:-1] &= low[:-1] <= high[1:]
    limit = _end_of_first_certain_dip(low, high, threshold)
    if limit is not None:
        trough[limit:] = False
        return trough
    return trough | (low <= high.min())


def _end_of_first_certain_dip(low: np.ndarray, high: np.ndarray, threshold: float) -> int | None:
    """Give the first lag by which a trough below the threshold has come for certain; None if never.

    Between two values that stay above a third one lies a trough at most as high as that one.
    """
    ends = []
    for i in np.flatnonzero(high < threshold):
        falls = np.any(low[:i] > high[i]) or (i == 0 and low[1] > high[0])
        rises = np.flatnonzero(low[i + 1 :] > high[i])
        if falls:
            ends.append(i + 1 + rises[0] if len(rises) else len(low))
    return int(min(ends)) if ends else None


def _vertex(d: np.ndarray, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the parabola's vertex at each lag, and how far noise can move it [samples]."""
    shift, slack = np.zeros_like(d), np.zeros_like(d)
    a = d[2:] + d[:-2] - 2 * d[1:-1]
    b = (d[2:] - d[:-2]) / 2
    noise_a = noise[2:] + noise[:-2] + 2 * noise[1:-1]
    noise_b = (noise[2:] + noise[:-2]) / 2
    inside = np.abs(b) + noise_b < np.abs(a) - noise_a
    outside = np.abs(b) - noise_b >= np.abs(a) + noise_a
    vertex = np.divide(-b, a, out=np.zeros_like(a), where=inside)
    spread = noise_b + np.abs(vertex) * noise_a
    shift[1:-1] = vertex
    slack[1:-1] = np.where(outside, 0.0, 1.0)
    np.divide(spread, np.abs(a) - noise_a, out=slack[1:-1], where=inside)
    return shift, slack
