"""Statistics: rows of any number become one vector of a fixed length, each entry with a name."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from .. import _checks as checks
from .. import backends
from ..backends.reference.functionals import Array
from ..features.delta import delta_weights
from ..features.track import MAX_WINDOW
from ..program.vector import Entry, VectorProgram
from .functionals import FUNCTIONALS, functional, is_functional
from .prepared import PreparedStatistics, prepared

__all__ = ["PreparedStatistics", "Statistics"]

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """Functionals of the rows' columns, and of their derivatives.

    Call it with rows and their columns' names; the vector's length depends on the columns alone.
    Where columns are named in an argument, a name means that column, or a family: ``"logmel"``
    is logmel_0, logmel_1 …

    Parameters
    ----------
    functionals : tuple of str
        Of :data:`serfast.statistics.functionals.FUNCTIONALS`, percentiles ``p0`` to ``p100``, and
        autocorrelations ``ac1`` to ``ac99`` at a lag of that many rows.
    deltas : int
        Highest order of derivative whose functionals are taken too, 0 to 3.
    delta_width : int
        Rows that a derivative is smoothed over, odd, 5 to 1001; see
        :func:`serfast.statistics.functionals.delta`.
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
    column (skewness, kurtosis, slope, derivatives) is 0. The back ends agree to 1e-9 of a
    functional's scale; the native one gives the same bits on every instruction set.

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
            if not is_functional(name):
                known = ", ".join(FUNCTIONALS)
                checks.fail("functionals", f"of {known}, p0 to p100, ac1 to ac99", name)
        checks.integer("deltas", self.deltas, 0, 3)
        checks.integer("voiced_deltas", self.voiced_deltas, 0, 3)
        if checks.integer("delta_width", self.delta_width, 5, MAX_WINDOW) % 2 == 0:
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

    def __call__(self, rows: Any, columns: Sequence[str], *, backend: str | None = None) -> Array:
        """Make the vector of these rows.

        Parameters
        ----------
        rows : array_like of float, shape (n_rows, n_columns)
            One row a frame, as an Extractor gives them; n_rows >= 1.
        columns : sequence of str
            Their names (``spec.columns``).
        backend : {"native", "numba", "reference"} or None
            What computes it, as for :class:`serfast.Extractor`; statistics of all but the native
            one are NumPy's.

        Returns
        -------
        ndarray of float64, shape (len(self.names(columns)),)

        Raises
        ------
        ParameterError
            If rows aren't numbers within float32's range, in two dimensions with a name for each
            column, or there is no such back end.
        """
        return self.over(columns, backend=backend)(rows)

    def over(
        self, columns: Sequence[str], *, uses: Mask | None = None, backend: str | None = None
    ) -> PreparedStatistics:
        """Make ready for rows with these columns, for many calls.

        Parameters
        ----------
        columns : sequence of str
        uses : ndarray of bool, shape (len(self.names(columns)),), or None
            Which entries are looked at; the others may be 0, which saves time. None: all.
        backend : {"native", "numba", "reference"} or None

        Returns
        -------
        PreparedStatistics
            Called with rows, it gives what calling the statistics gives.

        Raises
        ------
        ParameterError
            If a column that an argument names is not among them, `uses` is no array of bool or
            has another shape, or there is no such back end.

        Examples
        --------
        >>> prepared = Statistics(functionals=("mean", "max"), deltas=0).over(["rms"])
        >>> prepared([[1.0], [3.0]]).tolist()
        [2.0, 3.0]
        """
        names, backend = _names("columns", columns), backends.chosen(backend)
        if uses is None:
            return prepared(self, names, None, backend)
        if not isinstance(uses, np.ndarray) or uses.dtype != bool:
            checks.fail("uses", "an array of bool", uses)
        size = len(self.names(names))
        if uses.shape != (size,):
            checks.refuse("uses", f"of shape ({size},)", f"shape {uses.shape}")
        return prepared(self, names, uses.tobytes(), backend)

    def program(self, columns: Sequence[str], uses: Mask | None = None) -> VectorProgram:
        """Put in tables what has to be done with rows of these columns, for a back end."""
        columns = _names("columns", columns)
        self._check_columns(columns)
        n = len(self.functionals)
        entries = self._entries(columns)
        share = len(entries) * n if self._gates else None
        if uses is not None:
            entries = [e for e in entries if uses[e.place : e.place + n].any()]
        trim = 0.0 if self.trim_db is None else 10 ** (-self.trim_db / 20)
        return VectorProgram(
            n_columns=len(columns),
            size=len(self.names(columns)),
            loudness=None if self.trim_db is None else columns.index("rms"),
            trim=trim,
            voicing=columns.index("aperiodicity") if self._gates else None,
            max_aperiodicity=self.max_aperiodicity,
            logs=_select(columns, self.log),
            families=tuple(_places(columns)[name] for name in self.relative),
            semitones=_select(columns, self.semitones),
            delta_width=self.delta_width,
            delta_weights=_weights(self.delta_width, max((e.order for e in entries), default=0)),
            functionals=tuple(map(functional, self.functionals)),
            entries=tuple(entries),
            share=share,
        )

    def _entries(self, columns: tuple[str, ...]) -> list[Entry]:
        """Give every series in the order of the vector."""
        pitch = frozenset(_select(columns, self.semitones))
        found = [
            (order, column in pitch, column)
            for order in range(self.deltas + 1)
            for column in range(len(columns))
        ]
        if self.voiced:
            orders = range(min(self.voiced_deltas, self.deltas) + 1)
            found += [(o, True, c) for o in orders for c in _select(columns, self.voiced)]
        n = len(self.functionals)
        return [Entry(*series, place=i * n) for i, series in enumerate(found)]

    @property
    def _gates(self) -> bool:
        return bool(self.semitones or self.voiced)

    def _check_columns(self, columns: tuple[str, ...]) -> None:
        places = _places(columns)
        for field in ("log", "relative", "semitones", "voiced"):
            for name in getattr(self, field):
                if name not in places:
                    checks.fail(field, f"columns or families of {checks.listed(columns)}", name)
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
        checks.known_keys("statistics", data, known)
        own: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        return cls(**own)

    def to_json(self, indent: int | None = None) -> str:
        """Give the arguments as JSON text.

        Examples
        --------
        >>> statistics = Statistics(functionals=("mean",), log=("rms",))
        >>> Statistics.from_json(statistics.to_json()) == statistics
        True
        """
        return json.dumps(self.to_dict(), indent=indent)

    @classmethod
    def from_json(cls, text: str | bytes) -> Statistics:
        """Read what :meth:`to_json` wrote; ParameterError for any other text."""
        return cls.from_dict(checks.json_value("statistics", text))


@lru_cache(maxsize=16)
def _weights(width: int, orders: int) -> tuple[tuple[int, int, Array], ...]:
    """Weights of every order, and of every odd width up to `width` that can hold it."""
    return tuple(
        (order, narrow, delta_weights(narrow, order))
        for order in range(1, orders + 1)
        for narrow in range(order + 1 + order % 2, width + 1, 2)
    )


def _names(argument: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        checks.fail(argument, "a sequence of names", value)
    for name in value:
        if not isinstance(name, str):
            checks.fail(argument, "a sequence of names", value)
    return tuple(value)


@lru_cache(maxsize=256)
def _select(columns: tuple[str, ...], names: tuple[str, ...]) -> tuple[int, ...]:
    """Find the columns that are named, or whose family (name without number) is."""
    places = _places(columns)
    return tuple(sorted({i for name in names for i in places.get(name, ())}))


@lru_cache(maxsize=64)
def _places(columns: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Give where the columns are that each name can mean, by name: not to be written to."""
    found: dict[str, dict[int, None]] = {}
    for i, column in enumerate(columns):
        for name in (column, _family(column)):
            found.setdefault(name, {})[i] = None
    return {name: tuple(places) for name, places in found.items()}


def _family(column: str) -> str:
    stem, _, number = column.rpartition("_")
    return stem if number.isdigit() else column


def _suffix(order: int) -> str:
    return ("", ".delta", ".delta2", ".delta3")[order]
