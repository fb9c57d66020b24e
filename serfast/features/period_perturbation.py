"""How the periods around a moment differ in length and amplitude, whatever F0 turns out to be."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import MAX_TRANSFORM, Rows, check_band
from .computed import FrameFeature, Values
from .framing import SILENCE
from .mel import DECIBEL

__all__ = ["PeriodPerturbation", "usual_window"]

Table = np.ndarray[Any, np.dtype[np.float64]]

WINDOW = 0.06
"""The usual window is so long [s]."""

CANDIDATES = 2
"""The periods are marked for at most so many F0."""

MEASURES = 8
"""Each of them has so many columns: its F0, three of jitter, four of shimmer."""

MAX_MARKS = 128
"""A row looks at most at so many periods."""

COARSE = 4000.0
"""Lags are looked for in means of samples, at about this rate [Hz]."""

PER_PERIOD = 6
"""They are looked for in at least so many means in the shortest period."""

DIRECT = 32
"""So many lags aren't looked for in means."""

STEADY_LAGS = 16
"""The next period is looked for at so many lags around the last one first."""

CERTAIN = 0.7
"""It is there if the correlation has a peak above this."""

TAPS = 7
"""Below 16 kHz a peak is interpolated from so many lags on each side."""

TAPS_BELOW = 16000.0
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

PERIOD_FACTOR = 1.3
"""Neighbouring periods of one voice differ at most by this factor."""

AMPLITUDE_FACTOR = 1.6
"""So do their amplitudes, by this one."""

LONGEST_PERIOD = 0.02
"""Longer periods don't count [s]."""

AROUND = 0.2
"""The amplitude of a period is measured over this share of it to each side of its mark."""

LOWEST, HIGHEST, FASTEST = 20.0, 2000.0, 384000.0
"""F0 is from 20 to 2000 Hz, and the sample rate at most 384 kHz."""

PERIODIC = 0.5
"""A lag is a candidate for the period if its correlation is above this."""

SECOND = 0.8
"""The second candidate must be worth this share of the first one."""

MULTIPLE = 0.15
"""It must be further than this from a multiple of the first one, in parts of that."""

STEADY = 1e-9
"""A frame is constant if this share of its energy, or less, is left without its mean."""


def usual_window(sample_rate: float, fmin: float) -> int:
    """Give the number of samples in 60 ms and the longest period, of fmin [Hz].

    Examples
    --------
    >>> usual_window(16000, 50.0)
    1280
    """
    return 2 * round(sample_rate * (WINDOW + 1 / fmin) / 2)


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
            size = width // step
            begin = (left + step // 2) // step
            near, far = low // step, high // step + 1
            first = begin - far if way < 0 else begin + near
            count = far - near + 1
            if first < 0:
                count += first
                first = 0
            count = min(count, len(coarse) - size - first + 1)
            if count < 3 or begin + size > len(coarse):
                return False
            r = correlations(coarse, begin, size, first, count)
            k = highest(r)
            if k == 0:
                return False
            top_of(r, k, out)
            lag = int(np.floor(abs(out[0] + first - begin) * step + 0.5))
            around = step + step // 2
            low, high = max(lag - around, low), min(lag + around, high)
        first = left - high if way < 0 else left + low
        count = high - low + 1
        if first < 0:
            count += first
            first = 0
        count = min(count, len(x) - width - first + 1)
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


def alike(a: float, b: float, factor: float) -> bool:
    """Tell whether the larger of two numbers > 0 is the smaller one by a factor at most."""
    return max(a, b) <= factor * min(a, b)


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
        if r[k] <= PERIODIC or r[k] < r[k - 1] or r[k] < r[k + 1]:
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


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PeriodPerturbation(FrameFeature):
    """It is how the periods in a frame differ, for each of two F0 that the frame may have.

    Parameters
    ----------
    fmin, fmax : float
        They are the range of F0 [Hz], 20 <= fmin < fmax <= 2000, and at most a quarter of the
        sample rate.
    frame_length : int or None
        A frame has this many samples, at least three periods of fmin, and 256. The periods in it
        count, but for half a period of fmin at each end. None stands for 60 ms and a period of
        fmin: the spec fills it in.

    Notes
    -----
    This is what :class:`serfast.Jitter` and :class:`serfast.Shimmer` choose from, when F0 has been
    decided: use these. For each of the two likeliest lags of the frame there are F0 [Hz], which is
    1 over the mean period, and the three columns of jitter and the four of shimmer. F0 is 0 if
    there is no second lag, or no two periods that are alike; what can't be measured is -1.

    The lags are the highest peaks of the normalised correlation in the middle of the frame, of
    means of samples at about 4 kHz. The first mark is the largest magnitude in the middle. The next
    one is where a period around it correlates most with one around the mark before, 0.8 to 1.25
    periods away: near the last distance first, if the correlation has a peak above 0.7 there; else
    among the means, and then among the samples. Below 16 kHz the peak is interpolated from 15 lags
    by a sinc, from there on from 3 by a parabola. The marks end where this
    correlation is below 0.5, where the power is below a hundredth of that in the middle, or half a
    period of fmin before the frame's end. It is the method that Praat documents as "Sound & Pitch:
    To PointProcess (cc)", within a frame. At most 64 periods are marked to each side.

    A row costs some n · p multiplications, with n samples in the frame and p in a period.

    Examples
    --------
    >>> PeriodPerturbation().columns[:3]
    ('period_f0_0', 'period_jitter_local_0', 'period_jitter_rap_0')
    """

    outputs: ClassVar[tuple[str, ...]] = tuple(
        f"{kind}_{i}"
        for i in range(CANDIDATES)
        for kind in (
            "period_f0",
            "period_jitter_local",
            "period_jitter_rap",
            "period_jitter_ppq5",
            "period_shimmer_local",
            "period_shimmer_local_db",
            "period_shimmer_apq3",
            "period_shimmer_apq5",
        )
    )
    forgiven: ClassVar[float] = 1 / 8

    fmin: float = 50.0
    fmax: float = 600.0
    frame_length: int | None = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        checks.number("fmin", self.fmin, minimum=LOWEST)
        checks.number("fmax", self.fmax, above=0, maximum=HIGHEST)
        if self.fmin >= self.fmax:
            checks.fail("fmin", f"< {self.fmax:g} Hz (fmax)", self.fmin)
        if self.frame_length is not None:
            checks.integer("frame_length", self.frame_length, 4, MAX_TRANSFORM)
        super(FrameFeature, self).__post_init__()

    @property
    def units(self) -> tuple[str, ...]:
        return ("Hz", "1", "1", "1", "1", "dB", "1", "1") * CANDIDATES

    @property
    def length(self) -> int:
        """Give the number of samples in a frame; before it is in a spec, that at 16 kHz."""
        return self.frame_length or usual_window(16000, self.fmin)

    def fitted(self, sample_rate: float, hop_length: int) -> PeriodPerturbation:
        """Give it with the usual frame length, if none was given."""
        if self.frame_length is not None:
            return self
        return replace(self, frame_length=usual_window(sample_rate, self.fmin))

    def check(self, sample_rate: float) -> None:
        checks.number("sample_rate", sample_rate, maximum=FASTEST)
        check_band(self.fmin, self.fmax, sample_rate)
        if self.fmax > sample_rate / 4:
            rule = f"<= {sample_rate / 4:g} Hz (a quarter of the sample rate)"
            checks.fail("fmax", rule, self.fmax)
        needed = max(3 * math.ceil(sample_rate / self.fmin), 256)
        if self.length < needed:
            rule = f">= {needed} (three periods of fmin, and 256 samples)"
            checks.fail("frame_length", rule, self.frame_length)

    def table(self, sample_rate: float) -> Table:
        """Give the weights of the interpolation, or nothing where a parabola does."""
        return peak_taps().ravel() if sample_rate < TAPS_BELOW else np.empty(0)

    @staticmethod
    def compute(
        frame: Values, sample_rate: float, table: Values, fmin: float, fmax: float, out: Values
    ) -> None:
        """Mark the periods for each candidate, and measure how they differ."""
        step = max(int(np.floor(sample_rate / max(COARSE, PER_PERIOD * fmax))), 1)
        x = frame.astype(np.float64)
        total = (x * x).sum()
        x -= x.mean()
        left = (x * x).sum()
        for i in range(len(out)):
            out[i] = -1.0 if i % MEASURES > 0 else 0.0
        if not (left > STEADY * total and left > len(x) * SILENCE**2):
            return
        coarse = np.zeros(len(x) // step)
        for i in range(len(coarse)):
            coarse[i] = x[i * step : (i + 1) * step].sum() / step
        lags, marks, measured = np.zeros(CANDIDATES), np.zeros(MAX_MARKS), np.zeros(MEASURES)
        first, last = (
            int(np.floor(sample_rate / fmax / step)),
            int(np.ceil(sample_rate / fmin / step)),
        )
        reach = (len(x) - sample_rate / fmin) / 2.0
        for i in range(candidates(coarse, first, last, lags)):
            begin, end = marked(x, coarse, step, lags[i] * step, reach, table, marks)
            measures(frame, marks[begin : end + 1], end + 1 - begin, sample_rate, measured)
            for j in range(MEASURES):
                out[i * MEASURES + j] = measured[j]

    @property
    def multiplications(self) -> int:
        return 32 * self.length

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.002, and 2e-3 of each value.

        Where two peaks are equally high within rounding, back ends take different ones, and all
        columns of the row are others. So one row in eight may differ by more.
        """
        return self.limit(1.0, 2e-3 + 2e-3 * np.abs(expected), expected)
