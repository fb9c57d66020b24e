"""Least-squares support vector machines: one linear system for all classes.

A class's machine answers +1 for its examples and -1 for all others, with the least sum of squared
errors and of squared weights: the least-squares support vector machine of Suykens and Vandewalle
(Neural Processing Letters 9, 1999), which is ridge regression on the answers. Every class weighs
the same. Its system is solved over examples or over entries, whatever is smaller, and its solution
tells what each machine would have answered without a speaker, without training it anew. Machines
of several C share the products of the examples, which cost as much as a solution.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from serfast.errors import ParameterError
from serfast.forking import forks_wait

__all__ = ["Machine", "fit", "fit_each"]

Array = np.ndarray[Any, Any]
Codes = np.ndarray[Any, np.dtype[np.intp]]

BIAS = 3.0
"""A constant entry of this size stands for the intercept, so it is hardly held down."""

ROWS = 2048
"""So many examples at a time are weighted or made float64: no second matrix of all of them."""


@dataclass(frozen=True)
class Machine:
    """Weights (n_classes, d) on scaled inputs, intercepts, and answers without each speaker."""

    weights: Array
    intercepts: Array
    held_out: Array
    """(n, n_classes): what machines trained without an example's group answer to it, or NaN."""


def fit(
    z: Array,
    codes: Codes,
    n_classes: int,
    cost: float,
    groups: Sequence[Array],
    *,
    weighted: bool = True,
) -> Machine:
    """Train on scaled examples.

    Parameters
    ----------
    z : ndarray of float32, shape (n, d)
        Of a mean squared length near 1.
    codes : ndarray of int, shape (n,)
        The classes.
    n_classes : int
    cost : float
        C: how much errors count beside the squares of the weights.
    groups : sequence of ndarray of int
        Indices of examples that are left out together; of every example once.
    weighted : bool
        Whether every class weighs the same; else every example does.

    Raises
    ------
    ParameterError
        If rounding makes the system insoluble.

    Notes
    -----
    Over n examples the system is ``(Z Zᵀ + 1 / (C w)) a = y``, over d entries it is
    ``(Zᵀ w Z + 1 / C) b = Zᵀ w y``. It costs about n² (n + d) operations over examples, and about
    4 n d² + d³ / 3 over entries. Without the group G its members are answered
    ``y_G - (A⁻¹)_GG⁻¹ a_G`` in the first form, with A the matrix of the system, and
    ``y_G - (1 - Z_G P Z_Gᵀ w_G)⁻¹ (y_G - Z_G b)`` in the second, with P the inverse matrix
    ``(L Lᵀ)⁻¹``: there the half ``L⁻¹ Z_Gᵀ`` is enough, and P is never made (the leave-one-out
    formula of ridge regression for blocks: An et al., Pattern Recognition 40, 2007).
    """
    return next(fit_each(z, codes, n_classes, [cost], groups, weighted=weighted))


def fit_each(
    z: Array,
    codes: Codes,
    n_classes: int,
    costs: Sequence[float],
    groups: Sequence[Array],
    *,
    weighted: bool = True,
) -> Iterator[Machine]:
    """Give the machine of each C, one after the other; see :func:`fit`.

    The products of the examples are computed once for all of them.
    """
    z = np.concatenate([z, np.full((len(z), 1), BIAS, z.dtype)], axis=1)
    counts = np.bincount(codes, minlength=n_classes)
    w = np.ones(len(codes))
    if weighted:
        w = len(codes) / (np.count_nonzero(counts) * counts[codes])
    y = np.where(codes[:, np.newaxis] == np.arange(n_classes), 1.0, -1.0)
    dual = len(z) <= z.shape[1]
    products = z @ z.T if dual else _weighted_products(z, w)
    solve = _over_examples if dual else _over_entries
    for cost in costs:
        b, held_out = solve(products, z, w, y, cost, groups)
        yield Machine(b[:-1].T, BIAS * b[-1], held_out)


def _weighted_products(z: Array, w: Array) -> Array:
    """Give ``Zᵀ w Z``, of shape (d, d) and the type of `z`."""
    products = np.zeros((z.shape[1], z.shape[1]), z.dtype)
    root = np.sqrt(w)[:, np.newaxis].astype(z.dtype)
    for k in range(0, len(z), ROWS):
        weighted = z[k : k + ROWS] * root[k : k + ROWS]
        products += weighted.T @ weighted
    return products


def _sums(z: Array, a: Array) -> Array:
    """Give ``Zᵀ a`` in float64, for `z` of float32."""
    sums = np.zeros((z.shape[1], a.shape[1]))
    for k in range(0, len(z), ROWS):
        sums += z[k : k + ROWS].T.astype(np.float64) @ a[k : k + ROWS]
    return sums


def _over_examples(
    products: Array, z: Array, w: Array, y: Array, cost: float, groups: Sequence[Array]
) -> tuple[Array, Array]:
    matrix = products.astype(np.float64)
    matrix[np.diag_indices_from(matrix)] += 1 / (cost * w)
    inverse = _inverse(matrix)
    a = inverse @ y
    held_out = np.full_like(y, np.nan)
    for g in groups:
        held_out[g] = y[g] - np.linalg.solve(inverse[np.ix_(g, g)], a[g])
    return _sums(z, a), held_out


def _over_entries(
    products: Array, z: Array, w: Array, y: Array, cost: float, groups: Sequence[Array]
) -> tuple[Array, Array]:
    with forks_wait:
        from scipy.linalg import lapack, solve_triangular  # heavy: training alone needs it
    matrix = products.astype(np.float64)
    matrix[np.diag_indices_from(matrix)] += 1 / cost
    factor = _factor(matrix)
    b: Array = lapack.dpotrs(factor, _sums(z, w[:, np.newaxis] * y), lower=True)[0]
    narrow = factor.astype(z.dtype)
    held_out = np.full_like(y, np.nan)
    for g in groups:
        half = solve_triangular(narrow, z[g].T, lower=True, overwrite_b=True, check_finite=False)
        hat = (half.T @ half).astype(np.float64) * w[g]
        errors = np.linalg.solve(np.eye(len(g)) - hat, y[g] - z[g] @ b)
        held_out[g] = y[g] - errors
    return b, held_out


def _factor(matrix: Array) -> Array:
    """Give the lower factor of a symmetric, positive definite matrix, which may be overwritten.

    What stands above the factor's diagonal has no meaning.
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


def _inverse(matrix: Array) -> Array:
    """Give the inverse of a symmetric, positive definite matrix, which may be overwritten."""
    with forks_wait:
        from scipy.linalg import lapack  # heavy: training alone needs it
    inverse: Array = lapack.dpotri(_factor(matrix), lower=True, overwrite_c=True)[0]
    for k in range(len(inverse)):  # the other half, without a second matrix
        inverse[k, k + 1 :] = inverse[k + 1 :, k]
    return inverse
