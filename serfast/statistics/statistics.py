"""Statistics turn any number of rows into one vector of a fixed length with named entries."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .. import _checks as checks
from .. import backends
from ..backends.reference.functionals import Array
from ..features.delta import delta_weights
from ..features.track import MAX_WINDOW
from ..program.vector import Entry, VectorProgram
from .columns import places, select, text_tuple
from .functionals import FUNCTIONALS, functional, is_functional
from .prepared import PreparedStatistics, prepared
from .selection import Selection, checked_selections, names_of, series_of

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["PreparedStatistics", "Statistics"]

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """Statistics give the functionals of the rows' columns, and of the columns' derivatives.

    Call it with rows and the names of their columns. The vector's length depends on the columns
    alone. A name in an argument means the column of that name, or a family of columns:
    ``"logmel"`` means logmel_0, logmel_1 …

    Parameters
    ----------
    functionals : tuple of str
        The names come from :data:`serfast.statistics.functionals.FUNCTIONALS`, or are percentiles
        ``p0`` to ``p100``, or autocorrelations ``ac1`` to ``ac99`` at a lag of that many rows.
    deltas : int
        Functionals of derivatives up to this order are taken too, 0 to 3.
    delta_width : int
        A derivative is smoothed over this many rows, odd, 5 to 1001; see
        :func:`serfast.statistics.functionals.delta`.
    log : tuple of str
        The natural logarithm of these columns is taken first (floor 1e-10). They are amplitudes,
        such as rms.
    relative : tuple of str
        These columns have a logarithmic scale, and are taken relative to the signal's loudest row,
        so that gain doesn't matter. For each name, the largest of the rows' means over the
        family's columns is subtracted from these columns.
    depths : tuple of float
        For each name of `relative`, how far below that loudest row its columns may lie, > 0, in
        the columns' unit; lower values are raised to this. So the noise between words and digital
        silence count little, and no gain changes the vector. Empty: no limits.
    semitones : tuple of str
        These columns are frequencies [Hz]. They are turned into semitones above 100 Hz and
        interpolated linearly across unvoiced rows; only their voiced rows count.
    voiced : tuple of str
        The functionals of these columns are taken a second time over the voiced rows alone.
    voiced_deltas : int
        Functionals over voiced rows are taken of derivatives up to this order, 0 to 3.
    trim_db : float or None
        A row is loud if its column ``rms`` is within this many decibels of the loudest row's, > 0.
        Rows before the first loud row and after the last one are left out, so that silence around
        the speech doesn't matter. With None all rows are used.
    max_aperiodicity : float
        A row is voiced if its column ``aperiodicity`` isn't above this limit, > 0. If no row is,
        the least aperiodic row counts as voiced.
    selections : tuple of Selection
        These are functionals of single columns over certain rows, behind the others. With them,
        `functionals` may be empty. They look at the columns after `log`, `relative` and
        `semitones`, and at masks as they are.
    row_rate : float
        So many rows are a second, > 0: slopes, peaks and segments of selections are per second.

    Notes
    -----
    Everything is computed in float64. The vector is finite for every n_rows >= 1: a value that is
    undefined for few rows or a constant column (skewness, kurtosis, slope, derivatives) is 0. The
    back ends agree to 1e-9 of a functional's scale. The native one gives the same bits on every
    instruction set.

    The cost grows with rows × columns × derivatives; quantiles need a sorted copy of each series.
    The native back end takes about 0.2 ms for the speech preset's vector of 3 s.

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
    depths: tuple[float, ...] = ()
    semitones: tuple[str, ...] = ()
    voiced: tuple[str, ...] = ()
    voiced_deltas: int = 0
    trim_db: float | None = None
    max_aperiodicity: float = 0.3
    selections: tuple[Selection, ...] = ()
    row_rate: float = 100.0

    def __new__(cls, *given: Any, **fields: Any) -> Self:
        """Refuse what is no field, with the name that may have been meant."""
        checks.known_arguments(cls, given, fields, "functionals=[…]")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for name in ("functionals", "log", "relative", "semitones", "voiced"):
            object.__setattr__(self, name, text_tuple(name, getattr(self, name)))
        object.__setattr__(self, "selections", checked_selections(self.selections))
        checks.number("row_rate", self.row_rate, above=0, maximum=1e9)
        if len(set(self.functionals)) < len(self.functionals) or not (
            self.functionals or self.selections
        ):
            checks.fail("functionals", "at least 1 name, none twice", self.functionals)
        for name in self.functionals:
            if not is_functional(name):
                known = ", ".join(FUNCTIONALS)
                shown = f"{checks.shown(name)}{checks.similar(name, FUNCTIONALS)}"
                checks.refuse("functionals", f"of {known}, p0 to p100, ac1 to ac99", shown)
        self._check_depths()
        checks.integer("deltas", self.deltas, 0, 3)
        checks.integer("voiced_deltas", self.voiced_deltas, 0, 3)
        if checks.integer("delta_width", self.delta_width, 5, MAX_WINDOW) % 2 == 0:
            checks.fail("delta_width", "odd", self.delta_width)
        if self.trim_db is not None:
            checks.number("trim_db", self.trim_db, above=0)
        checks.number("max_aperiodicity", self.max_aperiodicity, above=0)

    def _check_depths(self) -> None:
        given: Any = self.depths
        if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
            checks.fail("depths", "a sequence of numbers", given)
        depths = tuple(checks.number("depths", depth, above=0) for depth in given)
        if depths and len(depths) != len(self.relative):
            checks.fail("depths", f"one for each of relative, {self.relative}", self.depths)
        object.__setattr__(self, "depths", depths)

    def names(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Give a name for each entry of the vector that rows with these columns have.

        Raises
        ------
        ParameterError
            If a column that an argument names is not among them.
        """
        columns = text_tuple("columns", columns)
        self._check_columns(columns)
        stems = [f"{c}{_suffix(order)}" for order in range(self.deltas + 1) for c in columns]
        if self.voiced:
            twice = [columns[i] for i in select(columns, self.voiced)]
            orders = range(min(self.voiced_deltas, self.deltas) + 1)
            stems += [f"{c}.voiced{_suffix(order)}" for order in orders for c in twice]
        entries = [f"{stem}.{name}" for stem in stems for name in self.functionals]
        entries += ["voiced.share"] * self._gates
        entries += names_of(self.selections, columns, taken=entries)
        return tuple(entries)

    def __call__(self, rows: Any, columns: Iterable[str], *, backend: str | None = None) -> Array:
        """Give the vector of these rows.

        Parameters
        ----------
        rows : array_like of float, shape (n_rows, n_columns)
            These are rows as an Extractor gives them; n_rows >= 1.
        columns : sequence of str
            These are the names of the columns (``spec.columns``).
        backend : {"native", "numba", "reference"} or None
            It computes the vector, as for :class:`serfast.Extractor`. Every back end but the
            native one uses NumPy for statistics.

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
        self, columns: Iterable[str], *, uses: Mask | None = None, backend: str | None = None
    ) -> PreparedStatistics:
        """Give statistics that are made ready for rows with these columns, for many calls.

        Parameters
        ----------
        columns : sequence of str
        uses : ndarray of bool, shape (len(self.names(columns)),), or None
            Only the entries for which it is True are needed; the others may be 0, which saves
            time. None means all entries.
        backend : {"native", "numba", "reference"} or None

        Returns
        -------
        PreparedStatistics
            Called with rows, it gives what the statistics themselves give.

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
        names, backend = text_tuple("columns", columns), backends.chosen(backend)
        if uses is None:
            return prepared(self, names, None, backend)
        if not isinstance(uses, np.ndarray) or uses.dtype != bool:
            checks.fail("uses", "an array of bool", uses)
        size = len(self.names(names))
        if uses.shape != (size,):
            checks.refuse("uses", f"of shape ({size},)", f"shape {uses.shape}")
        return prepared(self, names, uses.tobytes(), backend)

    def program(self, columns: Iterable[str], uses: Mask | None = None) -> VectorProgram:
        """Give the program for a back end: tables that say what to do with these columns."""
        columns = text_tuple("columns", columns)
        self._check_columns(columns)
        n = len(self.functionals)
        entries = self._entries(columns)
        share = len(entries) * n if self._gates else None
        selections = series_of(self.selections, columns, len(entries) * n + self._gates)
        if uses is not None:
            selections = [
                s for s in selections if uses[s.place : s.place + len(s.functionals)].any()
            ]
            entries = [e for e in entries if uses[e.place : e.place + n].any()]
        trim = 0.0 if self.trim_db is None else 10 ** (-self.trim_db / 20)
        return VectorProgram(
            n_columns=len(columns),
            size=len(self.names(columns)),
            loudness=None if self.trim_db is None else columns.index("rms"),
            trim=trim,
            voicing=columns.index("aperiodicity") if self._gates else None,
            max_aperiodicity=self.max_aperiodicity,
            logs=select(columns, self.log),
            families=tuple(places(columns)[name] for name in self.relative),
            depths=self.depths or (math.inf,) * len(self.relative),
            semitones=select(columns, self.semitones),
            delta_width=self.delta_width,
            delta_weights=_weights(self.delta_width, max((e.order for e in entries), default=0)),
            functionals=tuple(map(functional, self.functionals)),
            entries=tuple(entries),
            share=share,
            selections=tuple(selections),
            row_rate=float(self.row_rate),
        )

    def _entries(self, columns: tuple[str, ...]) -> list[Entry]:
        """Give every series in the order of the vector."""
        if not self.functionals:
            return []
        pitch = frozenset(select(columns, self.semitones))
        series = [
            (order, column in pitch, column)
            for order in range(self.deltas + 1)
            for column in range(len(columns))
        ]
        if self.voiced:
            orders = range(min(self.voiced_deltas, self.deltas) + 1)
            series += [(o, True, c) for o in orders for c in select(columns, self.voiced)]
        n = len(self.functionals)
        return [Entry(*one, place=i * n) for i, one in enumerate(series)]

    @property
    def _gates(self) -> bool:
        return bool(self.semitones or self.voiced)

    def _check_columns(self, columns: tuple[str, ...]) -> None:
        there = places(columns)
        for field in ("log", "relative", "semitones", "voiced"):
            for name in getattr(self, field):
                if name not in there:
                    checks.fail(field, f"columns or families of {checks.listed(columns)}", name)
        if self.trim_db is not None and "rms" not in columns:
            checks.fail("columns", "with rms for trim_db", columns)
        if self._gates and "aperiodicity" not in columns:
            checks.fail("columns", "with aperiodicity for semitones and voiced", columns)

    def to_dict(self) -> dict[str, Any]:
        """Give the arguments as lists, strings and numbers."""
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        fields["selections"] = tuple(one.to_dict() for one in self.selections)
        if not self.selections:  # a dictionary without them can be read by former versions
            del fields["selections"], fields["row_rate"]
        return {key: list(v) if isinstance(v, tuple) else v for key, v in fields.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Statistics:
        """Give the statistics that :meth:`to_dict` wrote; unknown keys raise ParameterError."""
        if not isinstance(data, Mapping):
            checks.fail("statistics", "a mapping", data)
        known = [field.name for field in dataclasses.fields(cls)]
        checks.known_keys("statistics", data, known)
        fields: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in data.items()
        }
        if isinstance(fields.get("selections"), tuple):
            fields["selections"] = tuple(Selection.from_dict(one) for one in fields["selections"])
        return cls(**fields)

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
    """Give the weights of every order, and of every odd width up to `width` that it fits into."""
    return tuple(
        (order, narrow, delta_weights(narrow, order))
        for order in range(1, orders + 1)
        for narrow in range(order + 1 + order % 2, width + 1, 2)
    )


def _suffix(order: int) -> str:
    return ("", ".delta", ".delta2", ".delta3")[order]
