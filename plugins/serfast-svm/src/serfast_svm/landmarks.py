"""A few directions that say nearly all of the inputs, found by the Nyström method.

What is lost besides is found by conjugate gradients, for which these directions are the
preconditioner: so the number of directions decides how long it takes, not what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import default_rng

from serfast.errors import ParameterError
from serfast.forking import forks_wait

from .scaled_inputs import BIAS, ScaledInputs
from .speaker_means import SpeakerMeans

__all__ = [
    "LANDMARKS",
    "Projection",
    "System",
    "factor_of",
    "projection_of",
    "solve_by",
    "systems_of",
]

Array = np.ndarray[Any, Any]
Codes = np.ndarray[Any, np.dtype[np.intp]]

LANDMARKS = 512
"""At most so many examples span the directions."""

ROWS = 512
"""So many inputs at a time are scaled and projected."""

JITTER = 1e-9
"""What is added to the landmarks' products so that they have a factor, as a share of their mean."""


@dataclass(frozen=True)
class Projection:
    """Directions of inputs, the constant entry being one more.

    Parameters
    ----------
    directions : ndarray of float32, shape (d, r), or None
        They are orthonormal, but for those in which there is next to nothing. None stands for all.
    """

    directions: Array | None

    @property
    def size(self) -> int | None:
        """Give the number of directions, None for all."""
        return None if self.directions is None else int(self.directions.shape[1])

    def of_rows(self, z: Array) -> Array:
        """Give rows (n, d) in these directions, without the constant entry."""
        return z if self.directions is None else z @ self.directions

    def of_columns(self, b: Array) -> Array:
        """Give columns (d + 1, k) in these directions, of shape (r + 1, k)."""
        if self.directions is None:
            return b
        return np.concatenate([self.directions.T @ b[:-1], b[-1:]])

    def back(self, u: Array) -> Array:
        """Give columns (r + 1, k) in the directions of the inputs, of shape (d + 1, k)."""
        if self.directions is None:
            return u
        return np.concatenate([self.directions @ u[:-1], u[-1:]])


def projection_of(inputs: ScaledInputs) -> Projection:
    """Give the directions that some of the inputs span, or all if there are few.

    The inputs are drawn evenly (Williams and Seeger, "Using the Nyström method to speed up kernel
    machines", NIPS 2000), always the same ones of as many.
    """
    if inputs.size <= LANDMARKS:
        return Projection(None)
    n, m = len(inputs), min(len(inputs), LANDMARKS)
    with forks_wait:
        from scipy.linalg import solve_triangular  # heavy: training alone needs it
    chosen = np.sort(default_rng(0).permutation(n)[:m])
    marks = inputs.rows(chosen).astype(np.float64)
    products = marks @ marks.T
    mean = max(float(np.trace(products)) / m, float(np.finfo(np.float32).tiny))
    products[np.diag_indices(m)] += JITTER * mean
    factor = factor_of(products)
    directions = solve_triangular(factor, marks, lower=True, overwrite_b=True, check_finite=False).T
    return Projection(np.ascontiguousarray(directions.astype(np.float32)))


@dataclass(frozen=True)
class System:
    """What some examples add to the system of equations, in the directions of a projection.

    Parameters
    ----------
    products : ndarray of float64, shape (r + 1, r + 1)
        It is ``Yᵀ w Y``, where the rows of Y are the examples in these directions.
    sums : ndarray of float64, shape (r + 1, n_classes)
        It is ``Yᵀ w y``.
    """

    products: Array
    sums: Array

    def __add__(self, other: System) -> System:
        return System(self.products + other.products, self.sums + other.sums)

    def __sub__(self, other: System) -> System:
        return System(self.products - other.products, self.sums - other.sums)

    def factor(self, cost: float) -> Array:
        """Give the lower factor of ``products + 1 / cost``."""
        matrix = self.products.copy()
        matrix[np.diag_indices_from(matrix)] += 1 / cost
        return factor_of(matrix)


def systems_of(
    rows_of: Callable[[Codes], Array],
    w: Array,
    y: Array,
    groups: Sequence[Array],
    means: SpeakerMeans,
) -> list[tuple[System, System]]:
    """Give two systems of each group: of its examples, and of them relative to their speakers.

    Parameters
    ----------
    rows_of : callable
        It gives the examples in these places in a projection's directions.
    w : ndarray, shape (n,)
        How much each example weighs.
    y : ndarray, shape (n, n_classes)
        The answers wanted.
    groups : sequence of ndarray of int
    means : SpeakerMeans
        All examples of a mean are in one group.
    """
    both = []
    for group in groups:
        parts = [rows_of(group[k : k + ROWS]) for k in range(0, max(len(group), 1), ROWS)]
        rows = np.concatenate(parts)
        relative = means.among(group).relative(rows)
        both.append((_system(rows, w[group], y[group]), _system(relative, w[group], y[group])))
    return both


def _system(rows: Array, w: Array, y: Array) -> System:
    root = np.sqrt(w)[:, np.newaxis]
    weighted = np.empty((len(rows), rows.shape[1] + 1))
    np.multiply(rows, root, out=weighted[:, :-1])
    weighted[:, -1:] = BIAS * root
    return System(weighted.T @ weighted, weighted.T @ (root * y))


def factor_of(matrix: Array) -> Array:
    """Give the lower factor of a symmetric, positive definite matrix, which may be overwritten.

    What stands above the factor's diagonal has no meaning.

    Raises
    ------
    ParameterError
        If rounding has left it not positive definite.
    """
    with forks_wait:
        from scipy.linalg import lapack  # heavy: training alone needs it
    factor, failed = lapack.dpotrf(matrix.T, lower=True, overwrite_a=True, clean=False)
    if failed:
        raise ParameterError(
            "inputs must give a system that is positive definite in spite of rounding, got one "
            f"that isn't, from row {failed}"
        )
    return np.asarray(factor)


def solve_by(factor: Array, right: Array) -> Array:
    """Solve a system by the lower factor of its matrix, which is float64 or float32."""
    with forks_wait:
        from scipy.linalg import cho_solve  # heavy: training alone needs it
    return np.asarray(cho_solve((factor, True), right, check_finite=False))
