"""How marked periods differ in length and amplitude: jitter and shimmer, by Praat's definitions."""

from __future__ import annotations

from typing import Any

import numpy as np

from .mel import DECIBEL

__all__ = ["MEASURES", "mean_changes", "measures"]

MEASURES = 8
"""Each of them has so many columns: its F0, three of jitter, four of shimmer."""

PERIOD_FACTOR = 1.3
"""Neighbouring periods of one voice differ at most by this factor."""

AMPLITUDE_FACTOR = 1.6
"""So do their amplitudes, by this one."""

LONGEST_PERIOD = 0.02
"""Longer periods don't count [s]."""

AROUND = 0.2
"""The amplitude of a period is measured over this share of it to each side of its mark."""


def measures(x: Any, marks: Any, n: int, sample_rate: float, out: Any) -> None:
    """Write F0 [Hz], and jitter and shimmer, of n marks; -1 is what can't be measured."""
    periods, joined = np.zeros(n), np.zeros(n)
    amplitudes, changes = np.zeros(n), np.zeros(3)
    longest, total, count = LONGEST_PERIOD * sample_rate, 0.0, 0
    for i in range(MEASURES):
        out[i] = -1.0
    out[0] = 0.0
    for i in range(n - 1):
        periods[i] = marks[i + 1] - marks[i]
    for i in range(n - 2):
        a, b = periods[i], periods[i + 1]
        joined[i] = alike(a, b, PERIOD_FACTOR) and max(a, b) <= longest
    for i in range(n - 1):
        if joined[i] or (i > 0 and joined[i - 1]):
            total += periods[i]
            count += 1
    if count == 0:
        return
    mean = total / count
    out[0] = sample_rate / mean
    mean_changes(periods, joined, n - 1, changes)
    for i in range(3):
        out[1 + i] = changes[i] / mean if changes[i] >= 0.0 else -1.0
    total, count = 0.0, 0
    for i in range(n - 2):
        if joined[i]:
            amplitudes[i] = amplitude(x, marks[i + 1], AROUND * periods[i], AROUND * periods[i + 1])
            total += amplitudes[i]
            count += 1
    mean, decibels, n_pairs = total / count, 0.0, 0
    for i in range(n - 3):
        a, b = amplitudes[i], amplitudes[i + 1]
        joined[i] = min(a, b) > 0.0 and alike(a, b, AMPLITUDE_FACTOR)
        if joined[i]:
            decibels += 2.0 * DECIBEL * abs(np.log(b / a))
            n_pairs += 1
    if n_pairs == 0:
        return
    mean_changes(amplitudes, joined, n - 2, changes)
    out[4], out[5] = changes[0] / mean, decibels / n_pairs
    for i in range(1, 3):
        out[5 + i] = changes[i] / mean if changes[i] >= 0.0 else -1.0


def mean_changes(values: Any, joined: Any, n: int, out: Any) -> None:
    """Write the mean distance of neighbours, and of the middle of 3 and 5 from their mean; or -1.

    `joined` says of each of the n values whether it may be compared with the one behind it.
    """
    for m in range(3):
        size = (2, 3, 5)[m]
        total, count, run = 0.0, 0, 1
        for i in range(1, n):
            run = run + 1 if joined[i - 1] else 1
            if run < size:
                continue
            mean = values[i]
            if size > 2:
                mean = values[i - size + 1 : i + 1].sum() / size
            total += abs(values[i - size // 2] - mean)
            count += 1
        out[m] = total / count if count > 0 else -1.0


def alike(a: float, b: float, factor: float) -> bool:
    """Tell whether the larger of two numbers > 0 is the smaller one by a factor at most."""
    return max(a, b) <= factor * min(a, b)


def amplitude(x: Any, mark: float, left: float, right: float) -> float:
    """Give the root mean square under half a Hann window to each side of the mark."""
    squares, weights = 0.0, 0.0
    begin, end = int(np.ceil(mark - left)), int(np.floor(mark + right))
    for i in range(max(begin, 0), min(end, len(x) - 1) + 1):
        apart = i - mark
        weight = 0.5 + 0.5 * np.cos(np.pi * apart / (left if apart < 0.0 else right))
        squares += weight * weight * float(x[i]) * float(x[i])
        weights += weight * weight
    return float(np.sqrt(squares / weights)) if weights > 0.0 else 0.0
