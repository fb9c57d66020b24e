"""Scaled inputs as a matrix that isn't made if it is large, only blocks of its rows.

A large training has room for its inputs once. So the solver asks for products with the scaled ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .scaling import Scaling

__all__ = ["BIAS", "ScaledInputs"]

Array = np.ndarray[Any, Any]
Codes = np.ndarray[Any, np.dtype[np.intp]]

BIAS = 3.0
"""A constant entry of this size stands for the intercept, so it is hardly held down."""

ROWS = 256
"""So many rows are scaled at a time."""

SMALL = 1 << 28
"""A matrix of at most so many bytes is made once and kept, which saves its making at each step."""


class ScaledInputs:
    """The matrix Z of scaled inputs, shape (n, d + 1): its last column is `BIAS`.

    Parameters
    ----------
    x : ndarray of float32 or float64, shape (n, d)
    scaling : Scaling
    """

    def __init__(self, x: Array, scaling: Scaling) -> None:
        self._x, self._scaling = x, scaling
        is_small = x.size * np.dtype(np.float32).itemsize <= SMALL
        self._z = scaling(x) if is_small else None

    def __len__(self) -> int:
        return len(self._x)

    @property
    def kept(self) -> Array | None:
        """Give the matrix without the constant entry, if it is kept."""
        return self._z

    @property
    def size(self) -> int:
        """Give d, the number of entries without the constant one."""
        return int(self._x.shape[1])

    def rows(self, index: Codes) -> Array:
        """Give these rows without the constant entry, as float32."""
        return self._scaling(self._x[index]) if self._z is None else self._z[index]

    def blocks(self) -> Iterator[tuple[slice, Array]]:
        """Give a few rows after the other, with where they stand.

        The array is the same each time, because memory that is asked for anew costs more than what
        is done with it. A matrix that is kept comes as a whole.
        """
        if self._z is not None:
            yield slice(0, len(self)), self._z
            return
        z = np.empty((min(ROWS, len(self)), self.size), np.float32)
        for k in range(0, len(self), ROWS):
            part = slice(k, k + ROWS)
            x = self._x[part]
            yield part, self._scaling(x, z[: len(x)])

    def times(self, b: Array) -> Array:
        """Give ``Z b``, of shape (n, k), for `b` of shape (d + 1, k)."""
        product = np.empty((len(self), b.shape[1]), b.dtype)
        for part, z in self.blocks():
            np.matmul(z, b[:-1], out=product[part])
        product += BIAS * b[-1]
        return product

    def sums(self, e: Array) -> Array:
        """Give ``Zᵀ e`` without its last row, of shape (d, k), for `e` of shape (n, k)."""
        total = np.zeros((self.size, e.shape[1]), e.dtype)
        for part, z in self.blocks():
            total += z.T @ e[part]
        return total
