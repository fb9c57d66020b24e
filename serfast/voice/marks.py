"""Period marks are moments one period apart, found by the correlation of neighbouring periods."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

__all__ = ["period_marks"]

Array = np.ndarray[Any, np.dtype[np.float64]]

SHORTEST, LONGEST = 0.8, 1.25
"""The next period is looked for between these multiples of 1 / f0."""

ALIKE = 0.3
"""A period is marked if its correlation with the one before is above this."""

ALIKE_AT_EDGE = 0.7
"""So is one that begins outside the voiced stretch, if its correlation is above this."""

QUIET, QUIET_AT_EDGE = 0.01, 0.023333
"""A period's peak must be above this share of the recording's peak."""


class Step(NamedTuple):
    """The neighbour of a mark: when it is [samples], its correlation, and its period's peak."""

    at: float
    correlation: float
    peak: float


class Contour:
    """It is an F0 contour, which is looked up between its rows."""

    def __init__(self, f0: Array, hop: float) -> None:
        self.f0 = f0
        self.hop = hop

    def stretches(self) -> list[tuple[float, float]]:
        """Give begin and end of each voiced stretch [samples], half a row around its rows."""
        voiced = np.concatenate([[False], self.f0 > 0, [False]])
        edges = np.flatnonzero(voiced[1:] != voiced[:-1])
        return [
            ((begin - 0.5) * self.hop, (end - 0.5) * self.hop)
            for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
        ]

    def at(self, sample: float) -> float:
        """Give F0 [Hz] by linear interpolation, 0 where the nearest row is unvoiced."""
        place = sample / self.hop
        nearest = math.floor(place + 0.5)
        if not 0 <= nearest < len(self.f0) or not self.f0[nearest] > 0:
            return 0.0
        low = math.floor(place)
        ends = [self.f0[i] if 0 <= i < len(self.f0) else 0.0 for i in (low, low + 1)]
        if min(ends) > 0:
            return float(ends[0] + (place - low) * (ends[1] - ends[0]))
        return float(self.f0[nearest])


def period_marks(y: Array, sample_rate: float, f0: Array, hop_length: float) -> Array:
    """Give the moments of the periods in a recording's voiced stretches.

    Parameters
    ----------
    y : ndarray of float64, shape (n,)
        These are the samples.
    sample_rate : float
        It is in Hz.
    f0 : ndarray of float64, shape (n_rows,)
        Row t is F0 [Hz] at sample t · hop_length, 0 where unvoiced.
    hop_length : float
        Rows are so many samples apart.

    Returns
    -------
    ndarray of float64, shape (n_marks,)
        They are in samples, growing, with parts of a sample.

    Notes
    -----
    The first mark of a voiced stretch is the extremum next to its middle. From there each next
    mark is where one period around it correlates most with the one around the mark before, between
    0.8 and 1.25 periods away, to both ends of the stretch. It is the method that Praat documents
    as "Sound & Pitch: To PointProcess (cc)". A mark costs some 30 µs.

    Examples
    --------
    >>> t = np.arange(8000) / 16000
    >>> marks = period_marks(np.sin(2 * np.pi * 100 * t), 16000, np.full(51, 100.0), 160)
    >>> np.unique(np.diff(marks).round(1)).tolist()
    [160.0]
    """
    contour = Contour(f0, hop_length)
    walker = _Walker(y, sample_rate, contour)
    marks: list[float] = []
    for begin, end in contour.stretches():
        walker.walk(begin, end, marks)
    return np.array(sorted(marks))


class _Walker:
    def __init__(self, y: Array, sample_rate: float, contour: Contour) -> None:
        lowest = contour.f0[contour.f0 > 0].min(initial=sample_rate)
        self.margin = 4 * math.ceil(sample_rate / lowest) + 8
        self.y = np.pad(y, self.margin)
        self.energy = np.concatenate([[0.0], np.cumsum(self.y**2)])
        self.rate = sample_rate
        self.contour = contour
        self.peak = float(np.abs(y).max(initial=0.0))
        self.last = -math.inf  # the last mark of the stretches before

    def walk(self, begin: float, end: float, marks: list[float]) -> None:
        """Add the marks of a voiced stretch."""
        middle = (begin + end) / 2
        f0 = self.contour.at(middle)
        if f0 == 0:
            return
        first = self.extremum(middle, self.rate / f0)
        marks.append(first)
        self._one_way(first, -1, begin, marks)
        self._one_way(first, 1, end, marks)
        self.last = max(marks)

    def _one_way(self, at: float, way: int, edge: float, marks: list[float]) -> None:
        while f0 := self.contour.at(at):
            period = self.rate / f0
            step = self.neighbour(at, period, way)
            at = step.at
            outside = (at - edge) * way > 0
            alike, quiet = (ALIKE_AT_EDGE, QUIET_AT_EDGE) if outside else (ALIKE, QUIET)
            apart = way > 0 or at - self.last > SHORTEST * period
            if step.correlation > alike and step.peak > quiet * self.peak and apart:
                marks.append(at)
            if outside:
                return

    def extremum(self, middle: float, period: float) -> float:
        """Give where the largest magnitude is, within half a period, between samples."""
        low = max(round(middle - period / 2), 0) + self.margin
        part = np.abs(self.y[low : round(middle + period / 2) + 1 + self.margin])
        i = low + int(part.argmax())
        before, at, after = np.abs(self.y[i - 1 : i + 2])
        bend = 2 * at - before - after
        shift = (after - before) / (2 * bend) if bend > 0 and at >= max(before, after) else 0.0
        return float(i - self.margin + shift)

    def neighbour(self, at: float, period: float, way: int) -> Step:
        """Give the mark before (-1) or behind (1) this one."""
        left = round(at - period / 2) + self.margin
        width = round(at + period / 2) + self.margin - left + 1
        reach = sorted((way * SHORTEST * period, way * LONGEST * period))
        begin = math.floor(at + reach[0] - period / 2) + self.margin
        end = math.ceil(at + reach[1] - period / 2) + self.margin
        if begin < 0 or end + width > len(self.y):
            return Step(at + way * period, -1.0, 0.0)
        here = self.y[left : left + width]
        others = self.y[begin : end + width]
        energies = self.energy[begin + width : end + width + 1] - self.energy[begin : end + 1]
        norms = np.sqrt(np.maximum(energies, 0) * (here @ here))
        r = np.divide(np.correlate(others, here), norms, out=np.zeros(len(norms)), where=norms > 0)
        inner = (r[1:-1] >= r[:-2]) & (r[1:-1] >= r[2:])
        if not inner.any():
            return Step(at + way * period, -1.0, 0.0)
        k = 1 + int(np.where(inner, r[1:-1], -2.0).argmax())
        bend, rise = 2 * r[k] - r[k - 1] - r[k + 1], (r[k + 1] - r[k - 1]) / 2
        shift = rise / bend if bend > 0 else 0.0
        height = float(r[k] + (rise * rise / (2 * bend) if bend > 0 else 0.0))
        peak = float(np.abs(others[k : k + width]).max())
        return Step(at + (begin + k + float(shift) - left), height, peak)
