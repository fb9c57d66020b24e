"""Linear prediction finds the filter that whitens a signal, from its autocorrelation."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["predictor"]


def predictor(r: Any, order: int, white: float, stable: float) -> Any:
    """Give the coefficients of A(z) = 1 + a[1] z⁻¹ + … by the recursion of Levinson and Durbin.

    Parameters
    ----------
    r : ndarray of float64, shape (order + 1,)
        It is the autocorrelation, r[0] > 0.
    order : int
        The signal is predicted from this many samples before.
    white : float
        The recursion adds this share of r[0] as white noise.
    stable : float
        No reflection coefficient is larger, so that all roots of A are inside the unit circle,
        whatever rounding has done to r.

    Returns
    -------
    ndarray of float64, shape (order + 1,)

    Notes
    -----
    The source is Makhoul, Proc. IEEE 63 (1975), 561-580, equations 38.

    Examples
    --------
    >>> predictor(np.array([1.0, 0.5, 0.0]), 2, 0.0, 1.0).round(3).tolist()
    [1.0, -0.667, 0.333]
    """
    a, before = np.zeros(order + 1), np.zeros(order + 1)
    a[0], rest = 1.0, r[0] * (1.0 + white)
    for m in range(1, order + 1):
        total = 0.0
        for i in range(m):
            before[i] = a[i]
            total += a[i] * r[m - i]
        k = min(max(-total / rest, -stable), stable)
        for i in range(1, m):
            a[i] = before[i] + k * before[m - i]
        a[m] = k
        rest *= 1.0 - k * k
    return a
