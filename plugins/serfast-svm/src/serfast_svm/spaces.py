"""How the solver's vectors are written: as weights, or as sums of examples where these are fewer.

Conjugate gradients go through the same vectors in either way, but for rounding.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from .landmarks import Projection
from .scaled_inputs import BIAS, ScaledInputs

__all__ = ["ByExamples", "ByWeights", "Space", "space_of"]

Array = np.ndarray[Any, Any]
Codes = np.ndarray[Any, np.dtype[np.intp]]

FEW = 0.75
"""By the examples it costs less where there are at most so many for each entry of an input: their
products cost as much as some steps do, and a step by weights 2 d / n times what one costs then."""


class Space(Protocol):
    """Vectors are columns; the last entry of each is that of the constant one."""

    @property
    def size(self) -> int:
        """Give d, the number of entries of an input without the constant one."""

    def rows(self, index: Codes) -> Array:
        """Give these examples in the projection's directions, without the constant entry."""

    def image(self, b: Array) -> Array:
        """Give what the scalar product with `b` is a sum with."""

    def answers(self, b: Array, image: Array) -> Array:
        """Give ``Z b``, of shape (n, k), for `b` and its image."""

    def lifted(self, e: Array, constant: Array) -> Array:
        """Give the vector ``Zᵀ e`` for `e` of shape (n, k); `constant` are the sums of `e`."""

    def inside(self, b: Array) -> Array:
        """Give vectors in the directions of the projection, of shape (r + 1, k)."""

    def back(self, u: Array) -> Array:
        """Give the vectors that are `u`, of shape (r + 1, k), in the projection's directions."""

    def weights(self, b: Array) -> Array:
        """Give vectors as weights, of shape (d + 1, k)."""


class ByWeights:
    """A vector has an entry for each weight."""

    def __init__(self, inputs: ScaledInputs, projection: Projection) -> None:
        self._inputs, self._projection = inputs, projection
        self.size = inputs.size

    def rows(self, index: Codes) -> Array:
        """Give these examples in the projection's directions."""
        return self._projection.of_rows(self._inputs.rows(index))

    def image(self, b: Array) -> Array:
        """Give `b` itself."""
        return b

    def answers(self, b: Array, image: Array) -> Array:
        """Give ``Z b``."""
        return self._inputs.times(b)

    def lifted(self, e: Array, constant: Array) -> Array:
        """Give ``Zᵀ e``."""
        return _with_constant(self._inputs.sums(e), constant)

    def inside(self, b: Array) -> Array:
        """Give vectors in the directions of the projection."""
        return self._projection.of_columns(b)

    def back(self, u: Array) -> Array:
        """Give the vectors that are `u` in the projection's directions."""
        return self._projection.back(u)

    def weights(self, b: Array) -> Array:
        """Give `b` itself."""
        return b


class ByExamples:
    """A vector has an entry for each example and for each direction, of which it is the sum.

    The products of all examples with each other are made once, n² d operations, and a step then
    takes 2 n² k in the place of 4 n d k.

    Parameters
    ----------
    inputs : ScaledInputs
        They are kept.
    directions : ndarray of float32, shape (d, r)
    """

    def __init__(self, inputs: ScaledInputs, directions: Array) -> None:
        self.size = inputs.size
        z = inputs.kept
        assert z is not None
        self._z, self._directions = z, directions
        self._products = z @ z.T
        self._rows = z @ directions
        self._among = directions.T @ directions  # nearly the unit matrix

    def rows(self, index: Codes) -> Array:
        """Give these examples in the projection's directions."""
        return self._rows[index]

    def image(self, b: Array) -> Array:
        """Give the products with all examples and directions."""
        one, other, constant = self._parts(b)
        image = np.empty_like(b)
        np.matmul(self._rows, other, out=image[: len(one)])
        if one.any():  # a start is in the directions alone
            image[: len(one)] += self._products @ one
        image[len(one) : -1] = self._rows.T @ one + self._among @ other
        image[-1:] = constant
        return image

    def answers(self, b: Array, image: Array) -> Array:
        """Give ``Z b``, which the image has."""
        return np.asarray(image[: len(self._z)] + BIAS * b[-1])

    def lifted(self, e: Array, constant: Array) -> Array:
        """Give ``Zᵀ e``, which is the sum of examples that `e` says."""
        none = np.zeros((len(self._among), e.shape[1]), e.dtype)
        return _with_constant(np.concatenate([e, none]), constant)

    def inside(self, b: Array) -> Array:
        """Give vectors in the directions of the projection."""
        one, other, constant = self._parts(b)
        return np.concatenate([self._rows.T @ one + self._among @ other, constant])

    def back(self, u: Array) -> Array:
        """Give the vectors that are `u` in the projection's directions."""
        return np.concatenate([np.zeros((len(self._z), u.shape[1]), u.dtype), u])

    def weights(self, b: Array) -> Array:
        """Give the sums of examples and directions."""
        one, other, constant = self._parts(b)
        return np.concatenate([self._z.T @ one + self._directions @ other, constant])

    def _parts(self, b: Array) -> tuple[Array, Array, Array]:
        n = len(self._z)
        return b[:n], b[n:-1], b[-1:]


def space_of(inputs: ScaledInputs, projection: Projection) -> Space:
    """Give the space in which training costs less."""
    directions = projection.directions
    few = len(inputs) <= FEW * inputs.size
    if few and directions is not None and inputs.kept is not None:
        return ByExamples(inputs, directions)
    return ByWeights(inputs, projection)


def _with_constant(b: Array, constant: Array) -> Array:
    return np.concatenate([b, (BIAS * constant[np.newaxis]).astype(b.dtype)])
