"""Mean and deviation of each column of rows that come a few at a time, for their strangeness."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["RowMoments"]

Array = np.ndarray[Any, Any]

BLOCK = 256
"""Rows are added up in blocks of so many from the first on, so sums don't depend on portions."""


class RowMoments:
    """Sums over rows and over their squares, which go on from step to step.

    The same rows give the same bits, however they are divided into portions and whenever
    :meth:`vector` was asked.

    Parameters
    ----------
    n_columns : int
    """

    __slots__ = ("_block", "_filled", "_sums", "n_rows")

    def __init__(self, n_columns: int) -> None:
        self._block = np.zeros((BLOCK, n_columns))
        self._filled = 0
        self._sums = np.zeros((2, n_columns))
        self.n_rows = 0
        """How many rows were added."""

    def add(self, rows: Array) -> None:
        """Take the next rows, shape (n, n_columns)."""
        self.n_rows += len(rows)
        while len(rows):
            if self._filled == BLOCK:
                self._sums += _sums(self._block)
                self._filled = 0
            part = rows[: BLOCK - self._filled]
            self._block[self._filled : self._filled + len(part)] = part
            self._filled += len(part)
            rows = rows[len(part) :]

    def vector(self) -> Array:
        """Give the means and then the deviations, shape (2 · n_columns,); 0 without rows.

        Of values whose squares are too large for a float they are infinite, or NaN.
        """
        sums = self._sums + _sums(self._block[: self._filled])
        mean, square = sums / max(1, self.n_rows)
        with np.errstate(over="ignore", invalid="ignore"):
            return np.concatenate([mean, np.sqrt(np.maximum(square - mean * mean, 0))])


def _sums(rows: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.stack([rows.sum(axis=0), (rows * rows).sum(axis=0)])
