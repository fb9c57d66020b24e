"""What statistics of certain columns are, in tables: the program that a back end runs.

It knows no names and no defaults, only columns by index and where each functional goes.
:class:`serfast.program.rows.Program` is the same for rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

__all__ = ["KINDS", "Entry", "Functional", "RunVector", "VectorProgram"]

LOG_FLOOR = 1e-5
"""What `logs` take as the least value: -100 dB of an amplitude."""

SEMITONE_REFERENCE = 100.0
"""The frequency of 0 semitones [Hz]."""

RESOLUTION = 1e-6
"""Standard deviation, as a share of the series' largest value, below which it is constant."""


KINDS = (
    *("mean", "std", "skewness", "kurtosis", "quantile", "spread", "slope", "trend"),
    *("curvature", "crossings", "argmax", "argmin", "autocorrelation"),
)
"""The kinds of functionals, in the order of the enumeration in ext/functionals.pxd."""


class Functional(NamedTuple):
    """What one number says about a series: a kind, and up to two parameters of the kind."""

    kind: str
    """One of :data:`KINDS`."""
    a: int = 0
    """Percent of a quantile, lower percent of a spread, lag of an autocorrelation [rows]."""
    b: int = 0
    """Upper percent of a spread."""

    @property
    def code(self) -> int:
        """The kind's place in :data:`KINDS`."""
        return KINDS.index(self.kind)


class RunVector(Protocol):
    """A program made ready: fills `out` with the vector of `rows` (immutable, thread-safe).

    Rows are C-contiguous float32 or float64, one or more of as many columns as the program has.
    They are looked through first: it returns the index (row · n_columns + column) of the first that
    is NaN, infinite or beyond float32's range, having written nothing, or None when all went well.
    """

    def __call__(self, rows: np.ndarray[Any, Any], out: np.ndarray[Any, Any]) -> int | None: ...


@dataclass(frozen=True, order=True)
class Entry:
    """All functionals of one series: a column or a derivative of it."""

    order: int
    """Of the derivative; 0 is the column itself."""
    voiced: bool
    """Over voiced rows alone."""
    column: int
    place: int
    """In the vector, of the first functional; the others follow."""


@dataclass(frozen=True, kw_only=True)
class VectorProgram:
    """What to do with rows, in this order; see :class:`serfast.Statistics` for the meaning."""

    n_columns: int
    size: int
    """Length of the vector; a place that no entry fills is 0."""
    loudness: int | None
    """The column by which silence at both ends is left out."""
    trim: float
    """Least share of the loudest row's that counts as loud."""
    voicing: int | None
    """The column by which rows are voiced."""
    max_aperiodicity: float
    logs: tuple[int, ...]
    """Columns whose logarithm is taken, over LOG_FLOOR."""
    families: tuple[tuple[int, ...], ...]
    """Columns from which their largest mean is subtracted."""
    semitones: tuple[int, ...]
    """Columns to turn into semitones above SEMITONE_REFERENCE and draw across unvoiced rows."""
    delta_width: int
    delta_weights: tuple[tuple[int, int, np.ndarray[Any, np.dtype[np.float64]]], ...]
    """Of every order and every width that a short recording may leave: (order, width, weights)."""
    functionals: tuple[Functional, ...]
    entries: tuple[Entry, ...]
    share: int | None
    """Where the share of voiced rows goes."""
    log_floor: float = LOG_FLOOR
    semitone_reference: float = SEMITONE_REFERENCE
    resolution: float = RESOLUTION

    @property
    def columns(self) -> tuple[int, ...]:
        """The columns that must be read, rising."""
        wanted = {entry.column for entry in self.entries}
        waiting = [set(family) for family in dict.fromkeys(self.families)]
        while used := [family for family in waiting if not wanted.isdisjoint(family)]:
            waiting = [family for family in waiting if wanted.isdisjoint(family)]
            wanted.update(*used)  # they may bring in columns of others
        return tuple(sorted(wanted))
