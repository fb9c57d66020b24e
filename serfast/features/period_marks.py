"""Where the periods around a moment begin: how the frame correlates with itself a period away."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["CANDIDATES", "MAX_MARKS", "Table", "candidates", "marked", "peak_taps"]

Table = np.ndarray[Any, np.dtype[np.float64]]

CANDIDATES = 2
"""The periods are marked for at most so many F0."""

MAX_MARKS = 128
"""A row looks at most at so many periods."""

DIRECT = 32
"""So many lags aren't looked for in means."""

STEADY_LAGS = 16
"""The next period is looked for at so many lags around the last one first."""

CERTAIN = 0.7
"""It is there if the correlation has a peak above this."""

TAPS = 7
"""Below 16 kHz a peak is interpolated from so many lags on each side."""

TAPS_KAISER = 8.0
"""It is the β of the interpolation's window."""

POINTS = 17
"""The curve is computed at so many points, from the lag before to the lag behind."""

SHORTEST, LONGEST = 0.8, 1.25
"""The next period is looked for between these multiples of the one that is expected."""

ALIKE = 0.5
"""A period is marked if its correlation with the one before is above this."""

QUIET = 0.01
"""A period's power must be above this share of that in the middle of the frame."""

PERIODIC = 0.5
"""A lag is a candidate for the period if its correlation is above this."""

SECOND = 0.8
"""The second candidate must be worth this share of the first one."""

MULTIPLE = 0.15
"""It must be further than this from a multiple of the first one, in parts of that."""


def candidates(coarse: Any, first: int, last: int, lags: Any) -> int:
    """Write the lags, and parts of them, at which the middle of the frame is most periodic.

    Tell how many there are. Long lags count less, because a period's multiples are periods too,
    and a multiple of the first one is none.
    """
    n = min(len(coarse) - last - 1, last)
    left = (len(coarse) - n - last - 1) // 2
    r = correlations(coarse, left, n, left + first - 1, last - first + 3)
    top, worth = np.zeros(2), np.zeros(CANDIDATES)
    for k in range(1, len(r) - 1):
        if r[k] <= PERIODIC or r[k] <= r[k - 1] or r[k] < r[k + 1]:
            continue
        top_of(r, k, top)
        this, lag = top[1] * (1.0 - 0.2 * (k + first - 1) / last), top[0] + first - 1
        for i in range(CANDIDATES):
            if this > worth[i]:
                this, worth[i] = worth[i], this
                lag, lags[i] = lags[i], lag
    if worth[0] <= 0.0:
        return 0
    ratio = lags[1] / lags[0]
    multiple = ratio > 1.5 and abs(ratio - np.floor(ratio + 0.5)) < MULTIPLE
    return 2 if worth[1] > SECOND * worth[0] and not multiple else 1


def marked(
    x: Any, coarse: Any, step: int, period: float, reach: float, table: Any, marks: Any
) -> tuple[int, int]:
    """Write the marks around the middle of the frame, not further from it than `reach`.

    They are marks[first] … marks[last]: first and last are given.
    """
    middle = (len(x) - 1) / 2.0
    out = np.zeros(4)
    first = last = MAX_MARKS // 2
    marks[first] = extremum(x, middle, period)
    left = max(int(np.floor(marks[first] - period / 2.0 + 0.5)), 0)
    power = (x[left : left + int(np.floor(period + 0.5))] ** 2).sum() / period
    for way in (-1, 1):
        at, n, lag = marks[MAX_MARKS // 2], MAX_MARKS // 2, period
        while 0 < n < MAX_MARKS - 1:
            if not neighbour(x, coarse, step, at, period, lag, way, table, out):
                break
            if abs(out[0] - middle) > reach or out[1] <= ALIKE or out[2] <= QUIET * power:
                break
            n += way
            marks[n] = at = out[0]
            lag = out[3]
        if way < 0:
            first = n
        else:
            last = n
    return first, last


def neighbour(
    x: Any, coarse: Any, step: int, at: float, period: float, last: float, way: int, table: Any,
    out: Any,
) -> bool:  # fmt: skip
    """Write the mark before (-1) or behind (1) this one, its correlation, its power, and how far.

    It is looked for around the last period first, then in the means of `step` samples, and then
    among the samples. Tell whether there is one.
    """
    left = int(np.floor(at - period / 2.0 + 0.5))
    width = int(np.floor(at + period / 2.0 + 0.5)) - left + 1
    low = int(np.floor(SHORTEST * period)) - 1
    high = int(np.ceil(LONGEST * period)) + 1
    if left < 0 or left + width > len(x):
        return False
    k = 0
    first = left + way * int(np.floor(last + 0.5)) - STEADY_LAGS // 2
    r = np.zeros(0)
    if high - low >= STEADY_LAGS and 0 <= first <= len(x) - width - STEADY_LAGS + 1:
        r = correlations(x, left, width, first, STEADY_LAGS)
        k = steady_peak(r, first - left, low, high)
    if k == 0:
        if high - low >= DIRECT:
            lag = coarse_lag(coarse, step, left, width, low, high, way, out)
            if lag == 0:
                return False
            around = step + step // 2
            low, high = max(lag - around, low), min(lag + around, high)
        first = left - high if way < 0 else left + low
        first, count = inside(first, high - low + 1, width, len(x))
        if count < 3:
            return False
        r = correlations(x, left, width, first, count)
        k = highest(r)
        if k == 0:
            return False
    top_of(r, k, out)
    if len(table) > 0:
        interpolated(x, left, width, first, k, table, out)
    out[3] = abs(out[0] + first - left)
    out[0] += at + first - left
    out[2] = (x[first + k : first + k + width] ** 2).sum() / width
    return True


def inside(first: int, count: int, width: int, n: int) -> tuple[int, int]:
    """Give the first of `count` parts that begins within n samples, and how many lie in them."""
    begin = max(first, 0)
    return begin, min(count + first - begin, n - width - begin + 1)


def coarse_lag(
    coarse: Any, step: int, left: int, width: int, low: int, high: int, way: int, out: Any
) -> int:
    """Give the best lag [samples] by the means of samples, or 0."""
    size, begin = width // step, (left + step // 2) // step
    near, far = low // step, high // step + 1
    first = begin - far if way < 0 else begin + near
    first, count = inside(first, far - near + 1, size, len(coarse))
    if count < 3 or begin + size > len(coarse):
        return 0
    r = correlations(coarse, begin, size, first, count)
    k = highest(r)
    if k == 0:
        return 0
    top_of(r, k, out)
    return int(np.floor(abs(out[0] + first - begin) * step + 0.5))


def steady_peak(r: Any, nearest: int, low: int, high: int) -> int:
    """Give which of the correlations around the last period is a certain peak, or 0.

    r(k) is that with what is `nearest` + k samples away.
    """
    k = highest(r)
    return k if k > 0 and r[k] > CERTAIN and low <= abs(nearest + k) <= high else 0


def interpolated(x: Any, left: int, width: int, first: int, k: int, table: Any, out: Any) -> None:
    """Write the place, from `first` on, and the height of a peak between samples.

    They stay as they are where the signal ends before the lags on one side do.
    """
    begin = first + k - TAPS
    if begin < 0 or begin + 2 * TAPS + width > len(x):
        return
    r = correlations(x, left, width, begin, 2 * TAPS + 1)
    curve = np.zeros(POINTS)
    for m in range(2 * TAPS + 1):
        for j in range(POINTS):
            curve[j] += r[m] * table[20 * m + j]
    top = highest(curve)
    if top > 0:
        top_of(curve, top, out)
        out[0] = k + (out[0] - (POINTS - 1) / 2) / ((POINTS - 1) / 2)


def correlations(x: Any, left: int, width: int, begin: int, n: int) -> Any:
    """Give the normalised correlation of a part of x with n parts that begin at begin, and on."""
    r = np.zeros(n)
    here = (x[left : left + width] * x[left : left + width]).sum()
    for k in range(n):
        there = x[begin + k : begin + k + width]
        energy = here * (there * there).sum()
        if energy > 0.0:
            r[k] = (x[left : left + width] * there).sum() / np.sqrt(energy)
    return r


def highest(r: Any) -> int:
    """Give which of the inner values is the highest one that is a peak, or 0."""
    top = 0
    for k in range(1, len(r) - 1):
        if r[k] >= r[k - 1] and r[k] >= r[k + 1] and (top == 0 or r[k] > r[top]):
            top = k
    return top


def top_of(r: Any, k: int, out: Any) -> None:
    """Write the place and the height of the parabola through three values."""
    bend, rise = 2.0 * r[k] - r[k - 1] - r[k + 1], (r[k + 1] - r[k - 1]) / 2.0
    out[0], out[1] = float(k), r[k]
    if bend > 0.0:
        out[0] += rise / bend
        out[1] += rise * rise / (2.0 * bend)


def extremum(x: Any, middle: float, period: float) -> float:
    """Give where the largest magnitude is within half a period, between samples."""
    low = max(int(np.floor(middle - period / 2.0 + 0.5)), 1)
    high = min(int(np.floor(middle + period / 2.0 + 0.5)), len(x) - 2)
    top = low
    for i in range(low, high + 1):
        if abs(x[i]) > abs(x[top]):
            top = i
    before, at, after = abs(x[top - 1]), abs(x[top]), abs(x[top + 1])
    bend = 2.0 * at - before - after
    if bend > 0.0 and at >= before and at >= after:
        return float(top + (after - before) / (2.0 * bend))
    return float(top)


def peak_taps() -> Table:
    """Give the weights that interpolate a curve around a peak: a sinc under a Kaiser window.

    Returns
    -------
    ndarray of float64, shape (2 · TAPS + 1, 20)
        Column j has the weights of the values at -TAPS … TAPS for the point at (j - 8) / 8; columns
        from POINTS on are zeros.
    """
    points = np.linspace(-1, 1, POINTS)
    apart = np.arange(-TAPS, TAPS + 1)[:, np.newaxis] - points
    inside = np.maximum(1 - (apart / (TAPS + 1)) ** 2, 0)
    taps = np.sinc(apart) * np.i0(TAPS_KAISER * np.sqrt(inside)) * (inside > 0)
    return np.pad(taps / taps.sum(axis=0), ((0, 0), (0, 20 - POINTS)))
