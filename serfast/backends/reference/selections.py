"""Selections of rows: which ones count, their moving average, and what is about their course."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ...program.vector import RESOLUTION, TAILS, Functional, SelectedSeries
from .functionals import FORMULAS, Array, Series

__all__ = ["select"]

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

EQUAL = 1e-9
"""Values that differ by less than this share of the largest are equal: rounding is no extremum."""

LEAST_POWER = 1e-12
"""The equivalent level of silence is -120 dB."""


def select(chosen: SelectedSeries, column: Array, mask: Array | None, row_rate: float) -> Array:
    """Give the functionals of a selection.

    Parameters
    ----------
    chosen : SelectedSeries
    column, mask : ndarray of float64, shape (n_rows,)
        A mask of None means that all rows count.
    row_rate : float
        So many rows are a second.

    Returns
    -------
    ndarray of float64, shape (len(chosen.functionals),)
    """
    x = column
    if chosen.reference:
        x = np.where(x > 0, 12 * np.log2(np.maximum(x, LEAST_POWER) / chosen.reference), 0.0)
    x = x * chosen.factor
    counts = np.ones(len(x), dtype=bool)
    if mask is not None:
        counts = (mask > chosen.threshold) == chosen.above
    if chosen.nonzero:
        counts &= x != 0
    x = smoothed(x, counts if chosen.smoothing_skips else np.ones_like(counts), chosen.smoothing)
    selected = Selected(x[counts], counts, chosen, row_rate)
    values = [selected.functional(one) for one in chosen.functionals]
    return np.array([chosen.missing if value is None else value for value in values])


def smoothed(x: Array, counts: Mask, width: int) -> Array:
    """Give the mean of the rows that count among the `width` ones around each row."""
    if width == 1:
        return x
    half = width // 2
    total, n = np.zeros_like(x), np.zeros_like(x)
    for shift in range(-half, half + 1):
        place = np.clip(np.arange(len(x)) + shift, 0, len(x) - 1)
        total += np.where(counts[place], x[place], 0.0)
        n += counts[place]
    return np.asarray(total / np.maximum(n, 1))


@dataclass
class Course:
    """It has the slopes between a series' extrema, per row, and the number of its peaks.

    The last slope with its sign is apart: it counts in the mean and the number of the slopes, but
    its own deviation from their mean doesn't count, as openSMILE's numbers show.
    """

    rising: list[float]
    falling: list[float]
    peaks: int
    last_rising: float | None = None
    last_falling: float | None = None


def extrema(x: Array, share: float) -> list[tuple[int, int]]:
    """Give place and kind (1 for a peak, -1 for a valley) of each extremum that counts."""
    equal = EQUAL * max(x.max(), -x.min())
    least = share * (x.max() - x.min()) - equal
    accepted: list[tuple[int, int]] = []
    for t in range(1, len(x) - 1):
        before, after = x[t] - x[t - 1], x[t] - x[t + 1]
        if not (min(before, after) > equal or max(before, after) < -equal):
            continue
        kind = 1 if before > 0 else -1
        last, last_kind = accepted[-1] if accepted else (0, 0)
        higher = kind * (x[t] - x[last])
        if kind == last_kind:
            if higher > equal:
                accepted[-1] = t, kind
        elif higher >= least and higher > equal:
            accepted.append((t, kind))
    return accepted


def course(x: Array, share: float, tail: str) -> Course:
    """Give the slopes from extremum to extremum; the first one begins at the first point."""
    accepted = extrema(x, share)
    result = Course([], [], sum(kind > 0 for _, kind in accepted))
    begin = 0
    for t, kind in accepted:
        rise = (x[t] - x[begin]) / (t - begin)
        (result.rising if kind > 0 else result.falling).append(kind * rise)
        begin = t
    kind = accepted[-1][1] if accepted else 0
    if tail != "dropped" and begin < len(x) - 1:
        rise = (x[-1] - x[begin]) / (len(x) - 1 - begin)
        if tail == "signed" and kind > 0:
            result.last_falling = rise
        elif tail == "signed" and kind < 0:
            result.last_rising = rise
        elif rise:
            (result.rising if rise > 0 else result.falling).append(abs(rise))
    return result


class Selected:
    """It has the values of the rows that count, and where these rows are among all rows."""

    def __init__(
        self, values: Array, counts: Mask, chosen: SelectedSeries, row_rate: float
    ) -> None:
        self.values, self.counts, self.chosen, self.row_rate = values, counts, chosen, row_rate

    def functional(self, one: Functional) -> float | None:
        """Give one functional, or None if it has no value."""
        if one.kind in COURSES:
            return COURSES[one.kind](self)
        if not len(self.values):
            return None
        if one.kind in SHAPES:
            return SHAPES[one.kind](self.values)
        return float(FORMULAS[one.kind](Series(self.values[None]), one.a, one.b)[0])

    @property
    def course(self) -> Course:
        """Give the slopes and the number of peaks."""
        if not len(self.values):
            return Course([], [], 0)
        return course(self.values, self.chosen.extremum_share, TAILS[self.chosen.tail])

    @property
    def lengths(self) -> list[int]:
        """Give the length of each segment [rows]."""
        edges = np.flatnonzero(np.diff(np.concatenate([[0], self.counts, [0]]).astype(int)))
        lengths = []
        apart = edges[2::2] - edges[1:-1:2] > self.chosen.max_gap
        begins, ends = edges[::2], edges[1::2]
        if len(edges):
            begins, ends = begins[np.r_[True, apart]], ends[np.r_[apart, True]]
        for begin, end in zip(begins, ends, strict=True):
            if end - begin >= self.chosen.min_segment:
                last = self.chosen.last_segment_trim if end == len(self.counts) else 0
                lengths.append(max(int(end - begin) - self.chosen.segment_trim - last, 0))
        return lengths

    @property
    def peaks_per_second(self) -> float:
        """Give the number of peaks by the duration of the rows that count."""
        return self.course.peaks * self.row_rate / max(len(self.values), 1)

    @property
    def segments_per_second(self) -> float:
        """Give the number of segments by the duration of all rows."""
        duration = len(self.counts) - self.chosen.duration_trim
        return len(self.lengths) * self.row_rate / duration if duration > 0 else 0.0


def _mean(values: list[Any], scale: float, last: float | None = None) -> float | None:
    every = values if last is None else [*values, last]
    return float(np.mean(every) * scale) if every else None


def _std(values: list[Any], scale: float, last: float | None = None) -> float | None:
    """Give the deviation from the mean, in which a last value counts that has none itself."""
    every = values if last is None else [*values, last]
    if not every:
        return None
    squares = np.square(np.asarray(values, np.float64) - np.mean(every))
    return float(np.sqrt(squares.sum() / len(every)) * scale)


def _variation(x: Array) -> float:
    """Give the deviation over the mean; 0 if the mean is 0 but for rounding."""
    mean = x.mean()
    return float(x.std() / mean) if abs(mean) > RESOLUTION * np.abs(x).max() else 0.0


SHAPES: dict[str, Callable[[Array], float]] = {
    "cv": _variation,
    "level": lambda x: float(10 * np.log10(np.maximum(np.mean(x * x), LEAST_POWER))),
}
"""These formulas need one value at least."""

COURSES: dict[str, Callable[[Selected], float | None]] = {
    "rising_mean": lambda s: _mean(s.course.rising, s.row_rate, s.course.last_rising),
    "rising_std": lambda s: _std(s.course.rising, s.row_rate, s.course.last_rising),
    "falling_mean": lambda s: _mean(s.course.falling, s.row_rate, s.course.last_falling),
    "falling_std": lambda s: _std(s.course.falling, s.row_rate, s.course.last_falling),
    "peaks": lambda s: s.peaks_per_second,
    "segments": lambda s: s.segments_per_second,
    "segment_mean": lambda s: _mean(s.lengths, 1 / s.row_rate),
    "segment_std": lambda s: _std(s.lengths, 1 / s.row_rate),
}
"""These formulas are about the order of the rows."""
