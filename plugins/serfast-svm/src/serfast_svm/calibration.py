"""Probabilities from the machine's answers, and the bound above which they can be relied on."""

from __future__ import annotations

from typing import Any

import numpy as np

from serfast.forking import forks_wait
from serfast.training import bound_under_conditions

from .inference import softmax

__all__ = ["certain_bound", "fit_logistic"]

Array = np.ndarray[Any, np.dtype[np.float64]]

HELD = 0.03
"""How much the squares of the matrix's distances from a multiple of the unit matrix count."""


def fit_logistic(
    answers: Array, codes: np.ndarray[Any, Any], *, weighted: bool = True
) -> tuple[Array, Array]:
    """Find how the machine's answers become scores: scores = matrix @ answers + offsets.

    Parameters
    ----------
    answers : ndarray of float64, shape (n, k)
        To examples that the machine wasn't trained on.
    codes : ndarray of int, shape (n,)
        Their true classes.
    weighted : bool
        Whether every class weighs the same; else every example does.

    Returns
    -------
    matrix : ndarray of float64, shape (k, k)
    offsets : ndarray of float64, shape (k,)
        The softmax of the scores gives the true classes the greatest likelihood (multinomial
        logistic regression; as calibration "matrix scaling" in Guo et al., "On calibration of
        modern neural networks", ICML 2017). The matrix is held near a multiple of the unit matrix.

    Notes
    -----
    Least squares alone hide a class that lies between two others: its answer is never the largest
    (Hastie, Tibshirani and Friedman, "The elements of statistical learning", section 4.2). Scores
    that look at all answers find it again.
    """
    with forks_wait:
        from scipy.optimize import minimize  # heavy: training alone needs it
    n, k = answers.shape
    counts = np.bincount(codes, minlength=k)
    weights = 1 / (np.count_nonzero(counts) * counts[codes]) if weighted else np.full(n, 1 / n)
    true = np.eye(k)[codes]
    scale = 1 / max(float(answers.std()), np.finfo(np.float64).tiny)
    scaled = answers * scale

    def loss(parameters: Array) -> tuple[float, Array]:
        matrix, offsets = parameters[: k * k].reshape(k, k), parameters[k * k :]
        probabilities = softmax(scaled @ matrix.T + offsets)
        off = matrix - np.eye(k) * np.trace(matrix) / k
        errors = (probabilities - true) * weights[:, np.newaxis]
        likelihood = np.log(np.maximum(probabilities[np.arange(n), codes], 1e-300))
        slopes = [(errors.T @ scaled + HELD * off).ravel(), errors.sum(axis=0)]
        value = HELD / 2 * np.square(off).sum() - weights @ likelihood
        return float(value), np.concatenate(slopes)

    start = np.concatenate([np.eye(k).ravel(), np.zeros(k)])
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x
    return best[: k * k].reshape(k, k) * scale, best[k * k :]


def certain_bound(
    probabilities: np.ndarray[Any, Any],
    codes: np.ndarray[Any, Any],
    copies: np.ndarray[Any, Any],
) -> float:
    """Find the bound above which nine of ten answers are right, under each condition.

    Parameters
    ----------
    probabilities : ndarray of float64, shape (n, k)
        Of examples that the machine wasn't trained on.
    codes : ndarray of int, shape (n,)
        Their true classes.
    copies : ndarray of int, shape (n,)
        0 for a recording, k for its k-th altered copy: copies of one number are a condition.

    Returns
    -------
    float
        See :func:`serfast.training.bound_under_conditions`; 1 if there is none.
    """
    right = probabilities.argmax(axis=1) == codes
    return bound_under_conditions(probabilities.max(axis=1), right, copies)
