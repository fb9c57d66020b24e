"""The latest rows of a stream, numbered from its beginning."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _checks as checks

__all__ = ["Recent", "checked_rows"]

Rows = np.ndarray[Any, np.dtype[np.float32]]


class Recent:
    """The latest rows of a stream, numbered from its beginning, in one array.

    Rows are written where :attr:`room` says and then counted with :meth:`add`, so that a stream
    can put them there itself. A row is moved about once in its life, and nothing is allocated.

    Parameters
    ----------
    kept : int
        How many of the latest rows can be had, >= 1.
    n_columns : int
    """

    __slots__ = ("_begin", "_filled", "_kept", "_rows")

    def __init__(self, kept: int, n_columns: int) -> None:
        self._kept = kept
        self._rows = np.empty((2 * kept, n_columns), dtype=np.float32)
        self._begin = self._filled = 0

    @property
    def n_rows(self) -> int:
        """How many rows there have been."""
        return self._begin + self._filled

    @property
    def room(self) -> Rows:
        """Where the next rows go; at least one, at most `kept`."""
        if self._filled == len(self._rows):
            self._rows[: self._kept] = self._rows[-self._kept :]
            self._begin += self._filled - self._kept
            self._filled = self._kept
        return self._rows[self._filled : self._filled + self._kept]

    def add(self, n: int) -> None:
        """Count the first `n` rows of the room as written."""
        self._filled += n

    def between(self, start: int, stop: int) -> Rows:
        """View rows `start` to `stop` - 1; they must be among the latest `kept`."""
        return self._rows[start - self._begin : stop - self._begin]

    def extend(self, rows: Rows) -> None:
        """Write rows, of any number, and count them."""
        while len(rows):
            room = self.room[: len(rows)]
            room[:] = rows[: len(room)]
            self.add(len(room))
            rows = rows[len(room) :]

    def reset(self) -> None:
        """Begin again with row 0."""
        self._begin = self._filled = 0


def checked_rows(rows: Any, n_columns: int) -> Rows:
    """`rows` as a finite array of shape (n, n_columns), or a ParameterError."""
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
