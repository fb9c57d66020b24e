"""The latest rows of a stream are kept here, numbered from the stream's beginning."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _checks as checks

__all__ = ["Recent", "checked_rows"]

Rows = np.ndarray[Any, np.dtype[np.float32]]


class Recent:
    """It keeps the latest rows of a stream in one array, numbered from the stream's beginning.

    Rows are written into :attr:`room` and then counted with :meth:`add`, so that a stream can
    write them there itself. Each row is moved about once, and no call allocates memory.

    Parameters
    ----------
    kept : int
        So many of the latest rows can be read, >= 1.
    n_columns : int
    """

    __slots__ = ("_begin", "_filled", "_kept", "_rows")

    def __init__(self, kept: int, n_columns: int) -> None:
        self._kept = kept
        self._rows = np.empty((2 * kept, n_columns), dtype=np.float32)
        self._begin = self._filled = 0

    @property
    def n_rows(self) -> int:
        """Give the number of rows since the beginning."""
        return self._begin + self._filled

    @property
    def room(self) -> Rows:
        """Give a view into which the next rows are to be written, 1 to `kept` of them."""
        if self._filled == len(self._rows):
            self._rows[: self._kept] = self._rows[-self._kept :]
            self._begin += self._filled - self._kept
            self._filled = self._kept
        return self._rows[self._filled : self._filled + self._kept]

    def add(self, n: int) -> None:
        """Count the first `n` rows of the room as written."""
        self._filled += n

    def between(self, start: int, stop: int) -> Rows:
        """Give a view of rows `start` to `stop` - 1, which must be among the latest `kept`."""
        return self._rows[start - self._begin : stop - self._begin]

    def extend(self, rows: Rows) -> None:
        """Write any number of rows and count them."""
        while len(rows):
            room = self.room[: len(rows)]
            room[:] = rows[: len(room)]
            self.add(len(room))
            rows = rows[len(room) :]

    def reset(self) -> None:
        """Begin again with row 0."""
        self._begin = self._filled = 0


def checked_rows(rows: Any, n_columns: int) -> Rows:
    """Give `rows` as a finite float32 array of shape (n, n_columns), or raise ParameterError."""
    try:
        with np.errstate(over="ignore"):
            array = np.asarray(rows, dtype=np.float32)
    except (TypeError, ValueError):
        checks.fail("rows", "an array of numbers", rows)
    if array.ndim != 2 or array.shape[1] != n_columns:
        checks.fail("rows", f"of shape (n, {n_columns})", array.shape)
    if not np.isfinite(array).all():
        row, column = np.argwhere(~np.isfinite(array))[0]
        checks.refuse("rows", "finite", f"{array[row, column]} at row {row}, column {column}")
    return array
