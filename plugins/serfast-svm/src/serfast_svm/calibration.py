"""Temperature scaling: how sharp the softmax over decision values has to be."""

from __future__ import annotations

from typing import Any

import numpy as np

from .inference import softmax

__all__ = ["certain_bound", "fit_sharpness"]

RANGE = (1e-4, 1e4)

RIGHT = 0.93
"""So many of the certain answers are right on held-out speakers; three points are a margin."""

FEWEST = 20
"""The share of right ones among fewer answers says nothing."""


def fit_sharpness(values: np.ndarray[Any, Any], codes: np.ndarray[Any, Any]) -> float:
    """Find the b for which softmax(b * values) makes the true classes most likely.

    Parameters
    ----------
    values : ndarray of float64, shape (n, k)
        Decision values for examples that the machine wasn't trained on.
    codes : ndarray of int, shape (n,)
        Their true classes.

    Returns
    -------
    float
        Within 1e-4 to 1e4: the likelihood is concave in b, so its slope's only zero is found by
        halving (of the logarithm). Equal to the inverse temperature of scikit-learn's
        ``CalibratedClassifierCV(method="temperature")``.
    """
    true = values[np.arange(len(codes)), codes]
    low, high = np.log(RANGE)
    for _ in range(60):
        middle = (low + high) / 2
        expected = (softmax(np.exp(middle) * values) * values).sum(axis=1)
        if (true - expected).mean() > 0:
            low = middle
        else:
            high = middle
    return float(np.exp((low + high) / 2))


def certain_bound(probabilities: np.ndarray[Any, Any], codes: np.ndarray[Any, Any]) -> float:
    """Find the bound above which nine of ten answers are right.

    Parameters
    ----------
    probabilities : ndarray of float64, shape (n, k)
        Of examples that the machine wasn't trained on.
    codes : ndarray of int, shape (n,)
        Their true classes.

    Returns
    -------
    float
        The least bound such that RIGHT of the answers whose probability isn't below it are right,
        here and at every higher bound that still keeps FEWEST answers; 1 if there is none.
    """
    certainty = probabilities.max(axis=1)
    order = np.argsort(-certainty, kind="stable")
    right = (probabilities.argmax(axis=1) == codes)[order]
    share = np.cumsum(right) / np.arange(1, len(right) + 1)
    enough = (share >= RIGHT) | (np.arange(len(right)) + 1 < FEWEST)
    n_kept = len(right) if enough.all() else int(np.argmin(enough))
    return float(certainty[order[n_kept - 1]]) if n_kept >= FEWEST else 1.0
