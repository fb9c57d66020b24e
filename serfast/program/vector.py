"""The program of statistics says in tables how a back end computes the vector from rows.

It has no names and no defaults, only indices of columns and the place of each functional.
:class:`serfast.program.rows.Program` is the corresponding program for rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

__all__ = [
    "KINDS",
    "TAILS",
    "Entry",
    "Functional",
    "RunVector",
    "SelectedSeries",
    "VectorProgram",
]

LOG_FLOOR = 1e-10
"""Smaller values are raised to it before their logarithm is taken: -200 dB of an amplitude."""

SEMITONE_REFERENCE = 100.0
"""This frequency has 0 semitones [Hz]."""

RESOLUTION = 1e-6
"""A series counts as constant if its standard deviation is a smaller share of its largest value."""


KINDS = (
    *("mean", "std", "skewness", "kurtosis", "quantile", "spread", "slope", "trend"),
    *("curvature", "crossings", "argmax", "argmin", "autocorrelation"),
    *("cv", "level", "rising_mean", "rising_std", "falling_mean", "falling_std", "peaks"),
    *("segments", "segment_mean", "segment_std"),
)
"""These are the kinds of functionals, in the order of the enumeration in ext/functionals.pxd."""


TAILS = ("counted", "dropped", "signed")
"""What becomes of the slope after the last extremum, numbered as in ext/course.pxd."""


class Functional(NamedTuple):
    """A functional turns a series into one number; it has a kind and up to two parameters."""

    kind: str
    """It is one of :data:`KINDS`."""
    a: int = 0
    """It is a quantile's percent, a spread's lower percent, or an autocorrelation's lag [rows]."""
    b: int = 0
    """It is a spread's upper percent."""

    @property
    def code(self) -> int:
        """Give the kind's place in :data:`KINDS`."""
        return KINDS.index(self.kind)


class RunVector(Protocol):
    """A program made ready fills `out` with the vector of `rows`; it is immutable and thread-safe.

    Rows are C-contiguous float32 or float64. There is at least one, and it has as many columns as
    the program. All values are checked first. If one is NaN, infinite or beyond float32's range,
    nothing is written, and the first one's index (row · n_columns + column) is returned. Otherwise
    None is returned.
    """

    def __call__(self, rows: np.ndarray[Any, Any], out: np.ndarray[Any, Any]) -> int | None: ...


@dataclass(frozen=True, order=True)
class Entry:
    """An entry stands for all functionals of one series: a column or a derivative of it."""

    order: int
    """This is the order of the derivative; 0 is the column itself."""
    voiced: bool
    """If it is True, only voiced rows count."""
    column: int
    place: int
    """This is the place of the first functional in the vector; the others follow."""


@dataclass(frozen=True, kw_only=True)
class SelectedSeries:
    """Some rows of one column, and their functionals; :class:`serfast.Selection` explains it."""

    column: int
    functionals: tuple[Functional, ...]
    place: int
    """This is the place of the first functional in the vector; the others follow."""
    mask: int | None
    """This column decides which rows count; None: all rows do."""
    above: bool
    """If it is True, rows with a mask above the threshold count; if False, the others."""
    threshold: float
    nonzero: bool
    """If it is True, rows in which the column is 0 don't count."""
    reference: float
    """This frequency has 0 semitones [Hz]; 0: the column stays as it is."""
    factor: float
    smoothing: int
    """It is the number of rows of the moving average, odd."""
    smoothing_skips: bool
    extremum_share: float
    tail: int
    """It is the place in :data:`TAILS`."""
    min_segment: int
    max_gap: int
    segment_trim: int
    last_segment_trim: int
    duration_trim: int
    missing: float

    @property
    def counts(self) -> tuple[int, bool, float] | None:
        """Give what decides which rows count, or None if the column's values do too."""
        if self.nonzero:
            return None
        return (-1, True, 0.0) if self.mask is None else (self.mask, self.above, self.threshold)


@dataclass(frozen=True, kw_only=True)
class VectorProgram:
    """It says what to do with rows, in this order; :class:`serfast.Statistics` explains it."""

    n_columns: int
    size: int
    """This is the length of the vector; a place that no entry fills is 0."""
    loudness: int | None
    """By this column, silence at both ends is left out."""
    trim: float
    """A row is loud if that column has at least this share of the loudest row's value."""
    voicing: int | None
    """This column decides which rows are voiced."""
    max_aperiodicity: float
    logs: tuple[int, ...]
    """The logarithm of these columns is taken, of values of LOG_FLOOR at least."""
    families: tuple[tuple[int, ...], ...]
    """From the columns of each family, the largest of the rows' means over them is subtracted."""
    depths: tuple[float, ...]
    """For each family: what lies further below that is raised to it; infinite if nothing is."""
    semitones: tuple[int, ...]
    """These columns become semitones above SEMITONE_REFERENCE, interpolated where unvoiced."""
    delta_width: int
    delta_weights: tuple[tuple[int, int, np.ndarray[Any, np.dtype[np.float64]]], ...]
    """They are (order, width, weights), for every width that a short recording may need."""
    functionals: tuple[Functional, ...]
    entries: tuple[Entry, ...]
    share: int | None
    """The share of voiced rows goes to this place."""
    selections: tuple[SelectedSeries, ...] = ()
    row_rate: float = 100.0
    """So many rows are a second; slopes, rates and lengths of selections depend on it."""
    log_floor: float = LOG_FLOOR
    semitone_reference: float = SEMITONE_REFERENCE
    resolution: float = RESOLUTION

    @property
    def columns(self) -> tuple[int, ...]:
        """Give the columns that must be read, in rising order."""
        wanted = {entry.column for entry in self.entries}
        wanted |= {one.column for one in self.selections}
        waiting = [set(family) for family in dict.fromkeys(self.families)]
        while used := [family for family in waiting if not wanted.isdisjoint(family)]:
            waiting = [family for family in waiting if wanted.isdisjoint(family)]
            wanted.update(*used)  # the columns of a family may belong to another family too
        return tuple(sorted(wanted))
