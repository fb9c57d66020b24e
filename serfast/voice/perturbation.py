"""Jitter and shimmer: how much neighbouring periods differ in length and in amplitude."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["jitter", "mean_period", "peak_amplitudes", "shimmer"]

Array = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

PERIOD_FACTOR = 1.3
"""Neighbouring periods of one voice differ at most by this factor."""

AMPLITUDE_FACTOR = 1.6
"""So do their amplitudes, by this one."""

AROUND = 0.2
"""The amplitude of a period is measured over this share of it to each side of its mark."""


def _larger_ratio(values: Array) -> Array:
    """Give how many times the larger of two neighbours is the smaller one."""
    a, b = values[:-1], values[1:]
    small = np.minimum(a, b)
    ratio = np.full(len(a), np.inf)
    np.divide(np.maximum(a, b), small, out=ratio, where=small > 0)
    return ratio


def _windows(values: np.ndarray[Any, Any], size: int) -> np.ndarray[Any, Any]:
    """Give each run of `size` neighbours; there may be none."""
    if len(values) < size:
        return np.empty((0, size), values.dtype)
    return np.lib.stride_tricks.sliding_window_view(values, size)


def _runs(values: Array, within: Mask, factor: float, size: int) -> Array:
    """Give the runs of `size` neighbours that are all within limits, and alike."""
    alike = _windows(_larger_ratio(values) <= factor, size - 1).all(axis=1)
    return _windows(values, size)[_windows(within, size).all(axis=1) & alike]


def _mean_change(runs: Array) -> float:
    """Give the mean distance of a run's middle from its mean; of pairs, from one another."""
    if len(runs) == 0:
        return float("nan")
    if runs.shape[1] == 2:
        return float(np.abs(runs[:, 1] - runs[:, 0]).mean())
    return float(np.abs(runs[:, runs.shape[1] // 2] - runs.mean(axis=1)).mean())


def mean_period(marks: Array, shortest: float, longest: float) -> float:
    """Give the mean of the periods that are like at least one neighbour; NaN if there is none."""
    periods = np.diff(marks)
    if len(periods) == 0:
        return float("nan")
    unlike = _larger_ratio(periods) > PERIOD_FACTOR
    before, after = np.append(True, unlike), np.append(unlike, True)
    alone = (before & after) if len(periods) > 1 else np.zeros(1, bool)
    kept = periods[(periods >= shortest) & (periods <= longest) & ~alone]
    return float(kept.mean()) if len(kept) else float("nan")


def jitter(marks: Array, shortest: float, longest: float) -> tuple[float, float, float]:
    """Give jitter: local, rap, and ppq5; as shares of the mean period.

    Parameters
    ----------
    marks : ndarray of float64, shape (n,)
        They are the moments of the periods, growing.
    shortest, longest : float
        Periods outside this range don't count, in the unit of `marks`.

    Returns
    -------
    tuple of float
        Each is the mean change over all runs of 2, 3 and 5 periods within the range, of which
        neighbours differ by 1.3 times at most. It is NaN if there is no such run.

    Notes
    -----
    Local is the mean difference of two periods; rap and ppq5 are the mean distances of a period
    from the mean of 3 and 5 periods around it. The definitions are those of Praat's manual.

    Examples
    --------
    >>> round(float(jitter(np.array([0.0, 100, 201, 301, 402, 502]), 50, 200)[0]), 5)
    0.00996
    """
    periods = np.diff(marks)
    within = (periods >= shortest) & (periods <= longest)
    changes = [_mean_change(_runs(periods, within, PERIOD_FACTOR, size)) for size in (2, 3, 5)]
    local, rap, ppq5 = (change / mean_period(marks, shortest, longest) for change in changes)
    return local, rap, ppq5


def peak_amplitudes(y: Array, marks: Array, shortest: float, longest: float) -> tuple[Array, Array]:
    """Give the amplitude at each mark between two periods that are alike, and these marks.

    The amplitude is the root mean square under half a Hann window to each side, a fifth of the
    period on that side long.
    """
    periods = np.diff(marks)
    within = (periods >= shortest) & (periods <= longest)
    kept = within[:-1] & within[1:] & (_larger_ratio(periods) <= PERIOD_FACTOR)
    at, levels = marks[1:-1][kept], []
    for mark, left, right in zip(
        at, AROUND * periods[:-1][kept], AROUND * periods[1:][kept], strict=True
    ):
        i = np.arange(max(np.ceil(mark - left), 0), min(np.floor(mark + right), len(y) - 1) + 1)
        apart = i - mark
        window = 0.5 + 0.5 * np.cos(np.pi * apart / np.where(apart < 0, left, right))
        weight = (window**2).sum()
        squares = ((y[i.astype(int)] * window) ** 2).sum()
        levels.append(np.sqrt(squares / weight) if weight > 0 else 0.0)
    amplitudes = np.array(levels, np.float64)
    return amplitudes[amplitudes > 0], at[amplitudes > 0]


def shimmer(
    amplitudes: Array, marks: Array, shortest: float, longest: float
) -> tuple[float, float, float, float]:
    """Give shimmer: local, local in decibels, apq3, and apq5.

    Parameters
    ----------
    amplitudes, marks : ndarray of float64, shape (n,)
        They are those of :func:`peak_amplitudes`.
    shortest, longest : float
        Amplitudes whose marks are closer or further apart don't count as neighbours.

    Returns
    -------
    tuple of float
        Each is the mean change over all runs of 2, 3 and 5 neighbours that differ by 1.6 times at
        most, as a share of the mean amplitude, or in dB. It is NaN if there is no such run.
    """
    apart = np.diff(marks)
    near = (apart >= shortest) & (apart <= longest)
    alike = near & (_larger_ratio(amplitudes) <= AMPLITUDE_FACTOR)
    mean = amplitudes[:-1].mean() if len(amplitudes) > 1 else float("nan")
    changes = []
    for size in (2, 3, 5):
        runs = _windows(amplitudes, size)[_windows(alike, size - 1).all(axis=1)]
        changes.append(_mean_change(runs))
        if size == 2:
            ratios = np.abs(np.log10(runs[:, 1] / runs[:, 0]))
            decibels = float(20 * ratios.mean()) if len(ratios) else float("nan")
    local, apq3, apq5 = (float(change / mean) for change in changes)
    return local, decibels, apq3, apq5
