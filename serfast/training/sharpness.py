"""Probabilities that are too flat or too sharp: one number that mends them, and how it is found.

A network's probabilities depend on how it was trained: label smoothing and mixup flatten them, and
training for long sharpens them. Neither changes which class is the likeliest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..models.scores import FLOOR, sharpened
from .figures import Fold

__all__ = ["RANGE", "fit_sharpness", "sharpened_fold", "sharpness_of"]

RANGE = (0.05, 20.0)
"""Sharpness is within these bounds; of answers that are all right it would be infinite."""

STEPS = 60
"""The golden section comes within 1e-11 of the best logarithm of the sharpness."""


def fit_sharpness(
    scores: NDArray[np.float64],
    true: NDArray[np.intp],
    weights: NDArray[np.float64] | None = None,
) -> float:
    """Find what to multiply scores by so that the true classes have the greatest likelihood.

    It is the inverse of the temperature of Guo et al., "On calibration of modern neural networks",
    ICML 2017, section 4.2.

    Parameters
    ----------
    scores : ndarray of float64, shape (n, k)
        Of recordings that the model wasn't trained on; their softmax gives the probabilities. Of
        probabilities the logarithms are scores.
    true : ndarray of int, shape (n,)
        The places of the true classes.
    weights : ndarray of float64, shape (n,), or None
        Each recording counts for so much; None: all the same.

    Returns
    -------
    float
        From 0.05 to 20; 1 without recordings.

    Examples
    --------
    >>> from serfast.models import sharpened
    >>> said, true = np.tile([[0.6, 0.4]], (100, 1)), (np.arange(100) >= 80).astype(int)
    >>> round(float(sharpened(said, fit_sharpness(np.log(said), true))[0, 0]), 6)
    0.8
    """
    if not len(true):
        return 1.0
    share = np.full(len(true), 1 / len(true)) if weights is None else weights / weights.sum()

    def loss(logarithm: float) -> float:
        sharp = np.exp(logarithm) * scores
        top = sharp.max(axis=1)
        sums = np.log(np.exp(sharp - top[:, np.newaxis]).sum(axis=1)) + top
        return float(share @ (sums - sharp[np.arange(len(true)), true]))

    low, high = np.log(RANGE).tolist()
    ratio = (5**0.5 - 1) / 2
    for _ in range(STEPS):  # the loss is convex in the sharpness, so it has one minimum
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if loss(left) <= loss(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def sharpness_of(folds: Sequence[Fold]) -> float:
    """Give the sharpness by all answers of some folds, under all conditions that were measured.

    Recordings of a class that a fold's model doesn't know are left out.
    """
    probabilities, true = [], []
    for fold in folds:
        place = {name: k for k, name in enumerate(fold.classes)}
        for one in (fold, *fold.conditions):
            known = [i for i, name in enumerate(one.true) if name in place]
            probabilities.append(_of_all(one.probabilities[known], folds))
            true += [place[one.true[i]] for i in known]
    if not true:
        return 1.0
    scores = np.log(np.maximum(np.concatenate(probabilities), FLOOR))
    return fit_sharpness(scores, np.array(true, np.intp))


def _of_all(rows: NDArray[np.float64], folds: Sequence[Fold]) -> NDArray[np.float64]:
    """Give as many columns as the fold of the most classes has; the others have the least share."""
    missing = max(len(fold.classes) for fold in folds) - rows.shape[1]
    return np.pad(rows, ((0, 0), (0, missing)), constant_values=FLOOR)


def sharpened_fold(fold: Fold, sharpness: float) -> Fold:
    """Give a fold and its conditions with sharpened probabilities."""
    if not fold.true:
        return fold
    change: dict[str, Any] = {"probabilities": sharpened(fold.probabilities, sharpness)}
    under = tuple(sharpened_fold(one, sharpness) for one in fold.conditions)
    return replace(fold, conditions=under, **change)
