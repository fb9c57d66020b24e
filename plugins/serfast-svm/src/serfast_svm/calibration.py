"""Temperature scaling: how sharp the softmax over decision values has to be."""

from __future__ import annotations

from typing import Any

import numpy as np

from .inference import softmax

__all__ = ["fit_sharpness"]

RANGE = (1e-4, 1e4)


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
