"""Here statistics are made ready for certain columns: they are checked and get a program."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

import numpy as np

from .. import _checks as checks
from .. import backends
from ..program.vector import VectorProgram

__all__ = ["PreparedStatistics", "prepared"]

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]


class MakesProgram(Protocol):
    """:class:`serfast.Statistics` must be this here: hashable, and able to make a program."""

    def __hash__(self) -> int: ...

    def program(
        self, columns: Sequence[str], uses: np.ndarray[Any, np.dtype[np.bool_]] | None = None
    ) -> VectorProgram:
        """Give the program: tables that say what to do with rows of these columns."""


class PreparedStatistics:
    """It computes the statistics of rows with certain columns; :meth:`Statistics.over` makes it.

    It is immutable, so threads may share it. A pickle holds what it was made from; unpickling
    makes it anew.
    """

    __slots__ = ("_columns", "_made_from", "_run", "_size")

    def __init__(
        self,
        statistics: MakesProgram,
        columns: tuple[str, ...],
        used: bytes | None,
        backend: str,
    ) -> None:
        uses = None if used is None else np.frombuffer(used, dtype=bool)
        program = statistics.program(columns, uses)
        self._run = backends.get_vector(backend)(program)
        self._columns, self._size = columns, program.size
        self._made_from = statistics, columns, used, backend

    def __reduce__(self) -> tuple[Any, ...]:
        return prepared, self._made_from

    def __call__(self, rows: Any) -> Array:
        """Give the vector of these rows; see :meth:`Statistics.__call__`."""
        x = _checked(rows, self._columns)
        out = np.zeros(self._size)
        bad = self._run(x, out)
        if bad is not None:
            row, column = divmod(bad, len(self._columns))
            where = f"{x[row, column]} at row {row}, {self._columns[column]}"
            checks.refuse("rows", "finite and within float32's range", where)
        return out


@lru_cache(maxsize=64)
def prepared(
    statistics: MakesProgram, columns: tuple[str, ...], used: bytes | None, backend: str
) -> PreparedStatistics:
    """Give prepared statistics; equal arguments get the same object, made once."""
    return PreparedStatistics(statistics, columns, used, backend)


def _checked(rows: Any, columns: tuple[str, ...]) -> np.ndarray[Any, Any]:
    """Give the rows as a C-contiguous array of float32, or else float64."""
    try:
        x = np.asarray(rows)
        kept = np.float32 if x.dtype == np.float32 else np.float64
        x = np.require(x.astype(kept, casting="same_kind", copy=False), requirements=["C", "A"])
    except (TypeError, ValueError):
        checks.fail("rows", "an array of numbers", rows)
    if x.ndim != 2 or x.shape[1] != len(columns) or not columns:
        checks.fail("rows", f"of shape (n_rows, {len(columns)}), one name a column", x.shape)
    if not len(x):
        checks.fail("rows", "at least 1 row", x.shape)
    return x
