"""Statistics: rows of any number become one vector of a fixed length, each entry with a name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from . import _checks as checks
from . import functionals
from .functionals import Array

__all__ = ["Statistics"]

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]
Chosen: TypeAlias = np.ndarray[Any, np.dtype[np.intp]]

LOG_FLOOR = 1e-5
"""What `log` takes as the least value: -100 dB of an amplitude."""

SEMITONE_REFERENCE = 100.0
"""The frequency of 0 semitones [Hz]."""


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """Functionals of the rows' columns, and of their derivatives.

    Call it with rows and their columns' names; the vector's length depends on the columns alone.
    Where columns are named in an argument, a name means that column, or a family: ``"logmel"``
    is logmel_0, logmel_1 …

    Parameters
    ----------
    functionals : tuple of str
        Of :data:`serfast.functionals.FUNCTIONALS`, percentiles ``p0`` to ``p100``, and
        autocorrelations ``ac1`` to ``ac99`` at a lag of that many rows.
    deltas : int
        Highest order of derivative whose functionals are taken too, 0 to 3.
    delta_width : int
        Rows that a derivative is smoothed over, odd, >= 5; see
        :func:`serfast.functionals.delta`.
    log : tuple of str
        Columns to take the natural logarithm of first (floor 1e-5): amplitudes such as rms.
    relative : tuple of str
        Columns on a logarithmic scale to take relative to the signal's loudest row, so that gain
        doesn't matter: of each name's columns the largest mean over the family is subtracted.
    semitones : tuple of str
        Columns of frequencies [Hz] to turn into semitones above 100 Hz, interpolated linearly
        across unvoiced rows, and of which only voiced rows count.
    voiced : tuple of str
        Columns whose functionals are taken a second time over voiced rows alone.
    voiced_deltas : int
        Highest order of derivative for which they are, 0 to 3.
    trim_db : float or None
        Rows before the first and after the last whose column ``rms`` is within this many
        decibels of the loudest row's are left out, > 0; None leaves in all. So silence around
        the speech doesn't matter.
    max_aperiodicity : float
        Rows whose column ``aperiodicity`` is not above it are voiced, > 0. If none is, the least
        aperiodic one is.

    Notes
    -----
    All in float64. Finite for every n_rows >= 1: what is undefined for few rows or a constant
    column (skewness, kurtosis, slope, derivatives) is 0.

    Examples
    --------
    >>> statistics = Statistics(functionals=("mean", "p50"), deltas=1)
    >>> statistics.names(["rms"])
    ('rms.mean', 'rms.p50', 'rms.delta.mean', 'rms.delta.p50')
    >>> statistics(np.array([[1.0], [2.0], [6.0]]), ["rms"]).round(9).tolist()
    [3.0, 2.0, 2.5, 2.5]
    """

    functionals: tuple[str, ...] = (
        *("mean", "std", "skewness", "kurtosis"),
        *("p5", "p25", "p50", "p75", "p95", "range90", "iqr", "slope"),
    )
    deltas: int = 2
    delta_width: int = 9
    log: tuple[str, ...] = ()
    relative: tuple[str, ...] = ()
    semitones: tuple[str, ...] = ()
    voiced: tuple[str, ...] = ()
    voiced_deltas: int = 0
    trim_db: float | None = None
    max_aperiodicity: float = 0.3

    def __post_init__(self) -> None:
        for name in ("functionals", "log", "relative", "semitones", "voiced"):
            object.__setattr__(self, name, _names(name, getattr(self, name)))
        if not self.functionals or len(set(self.functionals)) < len(self.functionals):
            checks.fail("functionals", "at least 1 name, none twice", self.functionals)
        for name in self.functionals:
            if not functionals.is_functional(name):
                known = ", ".join(functionals.FUNCTIONALS)
                checks.fail("functionals", f"of {known}, p0 to p100, ac1 to ac99", name)
        checks.integer("deltas", self.deltas, 0, 3)
        checks.integer("voiced_deltas", self.voiced_deltas, 0, 3)
        if checks.integer("delta_width", self.delta_width, 5) % 2 == 0:
            checks.fail("delta_width", "odd", self.delta_width)
        if self.trim_db is not None:
            checks.number("trim_db", self.trim_db, above=0)
        checks.number("max_aperiodicity", self.max_aperiodicity, above=0)

    def names(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Name each entry of the vector that rows with these columns give.

        Raises
        ------
        ParameterError
            If a column that an argument names is not among them.
        """
        columns = _names("columns", columns)
        self._check_columns(columns)
        stems = [f"{c}{_suffix(order)}" for order in range(self.deltas + 1) for c in columns]
        if self.voiced:
            twice = [columns[i] for i in _select(columns, self.voiced)]
            orders = range(min(self.voiced_deltas, self.deltas) + 1)
            stems += [f"{c}.voiced{_suffix(order)}" for order in orders for c in twice]
        entries = [f"{stem}.{name}" for stem in stems for name in self.functionals]
        return tuple(entries + ["voiced.share"] * self._gates)

    def __call__(self, rows: Any, columns: Sequence[str]) -> Array:
        """Make the vector of these rows.

        Parameters
        ----------
        rows : array_like of float, shape (n_rows, n_columns)
            One row a frame, as an Extractor gives them; n_rows >= 1.
        columns : sequence of str
            Their names (``spec.columns``).

        Returns
        -------
        ndarray of float64, shape (len(self.names(columns)),)

        Raises
        ------
        ParameterError
            If rows aren't finite numbers in two dimensions with a name for each column.
        """
        columns = _names("columns", columns)
        self._check_columns(columns)
        x = self._transformed(self._trimmed(_checked(rows, columns), columns), columns)
        if not self._gates:
            return functionals.apply(self.functionals, self._series(x)).ravel()
        return self._gated(x, columns)

    def _gated(self, x: Array, columns: tuple[str, ...]) -> Array:
        """Make the vector where some columns' functionals are over voiced rows; x[column, row]."""
        voiced = self._is_voiced(x[columns.index("aperiodicity")])
        chosen = _select(columns, self.semitones)
        x[chosen] = _interpolated(x[chosen], voiced)
        series = self._series(x)
        starts = len(columns) * np.arange(self.deltas + 1)[:, None]
        pitch = (starts + chosen).ravel()
        twice = (starts[: self.voiced_deltas + 1] + _select(columns, self.voiced)).ravel()
        values = functionals.apply(self.functionals, series)
        speech = series[np.concatenate([pitch, twice])].compress(voiced, axis=1)
        gated = functionals.apply(self.functionals, speech)
        values[pitch] = gated[: len(pitch)]
        return np.concatenate([values.ravel(), gated[len(pitch) :].ravel(), [voiced.mean()]])

    def _series(self, x: Array) -> Array:
        """Line up the columns and their derivatives, order after order."""
        orders = range(1, self.deltas + 1)
        return np.concatenate([x, *(functionals.delta(x, o, self.delta_width) for o in orders)])

    @property
    def _gates(self) -> bool:
        return bool(self.semitones or self.voiced)

    def _is_voiced(self, aperiodicity: Array) -> Mask:
        return np.asarray(aperiodicity <= max(self.max_aperiodicity, aperiodicity.min()))

    def _trimmed(self, x: Array, columns: tuple[str, ...]) -> Array:
        if self.trim_db is None:
            return x
        level = np.abs(x[columns.index("rms")])
        loud = np.flatnonzero(level >= level.max() * 10 ** (-self.trim_db / 20))
        return np.ascontiguousarray(x[:, loud[0] : loud[-1] + 1])

    def _transformed(self, x: Array, columns: tuple[str, ...]) -> Array:
        for name in self.log:
            chosen = _select(columns, (name,))
            x[chosen] = np.log(np.maximum(x[chosen], LOG_FLOOR))
        for name in self.relative:
            chosen = _select(columns, (name,))
            x[chosen] -= x[chosen].mean(axis=0).max()
        chosen = _select(columns, self.semitones)
        x[chosen] = 12 * np.log2(np.maximum(x[chosen], 1.0) / SEMITONE_REFERENCE)
        return x

    def _check_columns(self, columns: tuple[str, ...]) -> None:
        for field in ("log", "relative", "semitones", "voiced"):
            for name in getattr(self, field):
                if not len(_select(columns, (name,))):
                    checks.fail(field, f"columns or families of {', '.join(columns)}", name)
        if self.trim_db is not None and "rms" not in columns:
            checks.fail("columns", "with rms for trim_db", columns)
        if self._gates and "aperiodicity" not in columns:
            checks.fail("columns", "with aperiodicity for semitones and voiced", columns)

    def to_dict(self) -> dict[str, Any]:
        """Give the arguments as lists, strings and numbers."""
        own = dataclasses.asdict(self)
        return {key: list(v) if isinstance(v, tuple) else v for key, v in own.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Statistics:
        """Read what :meth:`to_dict` wrote; unknown keys raise ParameterError."""
        if not isinstance(data, Mapping):
            checks.fail("statistics", "a mapping", data)
        known = [field.name for field in dataclasses.fields(cls)]
        for key in data:
            if key not in known:
                checks.fail("key of statistics", "one of " + ", ".join(known), key)
        own: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        return cls(**own)


def _names(argument: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        checks.fail(argument, "a sequence of names", value)
    for name in value:
        if not isinstance(name, str):
            checks.fail(argument, "a sequence of names", value)
    return tuple(value)


@lru_cache(maxsize=256)
def _select(columns: tuple[str, ...], names: tuple[str, ...]) -> Chosen:
    """Find the columns that are named, or whose family (name without number) is."""
    chosen = set(names)
    found = [i for i, c in enumerate(columns) if c in chosen or _family(c) in chosen]
    indices = np.array(found, dtype=np.intp)
    indices.flags.writeable = False
    return indices


def _family(column: str) -> str:
    stem, _, number = column.rpartition("_")
    return stem if number.isdigit() else column


def _checked(rows: Any, columns: tuple[str, ...]) -> Array:
    """Copy the rows as series: x[column, row]."""
    try:
        x = np.array(rows, dtype=np.float64)
    except (TypeError, ValueError):
        checks.fail("rows", "an array of numbers", rows)
    if x.ndim != 2 or x.shape[1] != len(columns) or not columns:
        checks.fail("rows", f"of shape (n_rows, {len(columns)}), one name a column", x.shape)
    if not len(x):
        checks.fail("rows", "at least 1 row", x.shape)
    bad = np.argwhere(~np.isfinite(x))
    if len(bad):
        row, column = bad[0]
        checks.fail("rows", "finite", f"{x[row, column]} at row {row}, {columns[column]}")
    return np.ascontiguousarray(x.T)


def _interpolated(x: Array, voiced: Mask) -> Array:
    """Draw straight lines across the points that aren't voiced, held at the ends."""
    t = np.arange(x.shape[-1])
    for series in x:
        series[:] = np.interp(t, t[voiced], series[voiced])
    return x


def _suffix(order: int) -> str:
    return ("", ".delta", ".delta2", ".delta3")[order]
