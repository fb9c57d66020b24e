"""Linear discriminant analysis of vectors that are longer than there are examples.

scikit-learn makes the covariance, d × d, and takes it apart, which takes ten minutes for 8867
entries. With the shrinkage of Ledoit and Wolf it is a diagonal and a product of matrices as narrow
as there are examples, so that the identity of Woodbury solves by it in seconds.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from scipy.linalg import cho_factor, cho_solve, svd
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.preprocessing import StandardScaler

from serfast.errors import ParameterError

__all__ = ["fitted_lda"]

Array: TypeAlias = np.ndarray[Any, Any]

ROUNDING = 1e-12
"""A shrinkage below this is rounding: two examples have none, since both lie equally far away."""


def fitted_lda(x: Array, codes: Array) -> LinearDiscriminantAnalysis:
    """Give linear discriminant analysis with the shrinkage of Ledoit and Wolf and equal priors.

    It is what ``LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=…)`` learns, up
    to rounding: each class's covariance has a shrinkage of its own, and all count alike. Where the
    shrinkage is none, as of classes of two examples each, the covariance can be singular, and the
    smallest solution is taken.

    Parameters
    ----------
    x : ndarray of float64, shape (n, d)
    codes : ndarray of int, shape (n,)
        From 0 to k - 1.

    Raises
    ------
    ParameterError
        If no class has two examples: nothing then tells how they spread.

    Notes
    -----
    Ledoit and Wolf, "A well-conditioned estimator for large-dimensional covariance matrices",
    Journal of Multivariate Analysis 88, 2004. It costs about n² d + n³ / 3 operations where
    examples are fewer than entries, and else n d² + d³ / 3.
    """
    k = int(codes.max()) + 1
    if len(codes) <= k:
        raise ParameterError(f"examples must be more than the {k} classes, got {len(codes)}")
    model = LinearDiscriminantAnalysis(
        solver="lsqr", shrinkage="auto", priors=np.full(k, 1 / k), store_covariance=False
    )
    diagonal, factors = np.zeros(x.shape[1]), []
    for c in range(k):
        noise, factor = _covariance(x[codes == c])
        diagonal += noise / k
        factors.append(factor / np.sqrt(k))
    is_shrunk = bool(diagonal.all())
    if not is_shrunk and len(x) >= x.shape[1]:
        return model.fit(x, codes)
    means = np.stack([x[codes == c].mean(axis=0) for c in range(k)])
    factor = np.concatenate(factors)
    weights = (_solved(diagonal, factor, means.T) if is_shrunk else _smallest(factor, means.T)).T
    intercepts = np.log(model.priors) - (means * weights).sum(axis=1) / 2
    if k == 2:
        weights, intercepts = weights[1:] - weights[:1], intercepts[1:] - intercepts[:1]
    model.classes_, model.priors_, model.means_ = np.arange(k), model.priors, means
    model.coef_, model.intercept_ = weights, intercepts
    model.n_features_in_ = x.shape[1]
    return model


def _covariance(x: Array) -> tuple[Array, Array]:
    """Give a class's shrunk covariance as a diagonal and a matrix F: ``diag + Fᵀ F``.

    It is shrunk in units of the deviations, as scikit-learn does it.
    """
    scaler = StandardScaler().fit(x)
    z, (n, d) = scaler.transform(x), x.shape
    products = z @ z.T
    squares = np.diagonal(products)
    mean = squares.sum() / (n * d)
    spread = np.square(products).sum() / n**2
    distance = (spread - d * mean**2) / d
    error = min((np.square(squares).sum() / n - spread) / (d * n), distance)
    shrinkage = error / distance if error > ROUNDING * distance else 0.0
    factor = z * scaler.scale_ * np.sqrt((1 - shrinkage) / n)
    return shrinkage * mean * np.square(scaler.scale_), factor


def _smallest(factor: Array, right: Array) -> Array:
    """Give the smallest solution of ``Fᵀ F w = right`` in the directions that F spans."""
    _, lengths, directions = svd(factor, full_matrices=False)
    spanned = np.square(lengths) > ROUNDING * np.square(lengths).max()
    directions = directions[spanned]
    return np.asarray(directions.T @ (directions @ right / np.square(lengths[spanned, None])))


def _solved(diagonal: Array, factor: Array, right: Array) -> Array:
    """Solve ``(diag + Fᵀ F) w = right`` by the smaller one of two matrices."""
    n, d = factor.shape
    if n >= d:
        whole = factor.T @ factor
        whole[np.diag_indices(d)] += diagonal
        return np.asarray(cho_solve(cho_factor(whole, overwrite_a=True), right))
    beside = factor / diagonal
    inner = beside @ factor.T
    inner[np.diag_indices(n)] += 1
    by_diagonal = right / diagonal[:, np.newaxis]
    return np.asarray(
        by_diagonal
        - beside.T @ cho_solve(cho_factor(inner, overwrite_a=True), factor @ by_diagonal)
    )
