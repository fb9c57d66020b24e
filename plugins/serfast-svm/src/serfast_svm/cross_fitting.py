"""What strangers' answers are worth after a calibration that hasn't seen them.

Machines that weren't trained on a speaker give the answers to that speaker's examples. But the
calibration is fitted to all of these answers, so that figures of calibrated ones are too good, the
more the fewer they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .calibration import fit_logistic

__all__ = ["cross_fitted"]

Array = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.intp]]


def cross_fitted(
    answers: Array, codes: Codes, groups: Sequence[Codes], *, weighted: bool = True
) -> Array:
    """Give the scores of each half of the groups, calibrated by the answers of the other half.

    Parameters
    ----------
    answers : ndarray of float64, shape (n, k)
        To examples of groups that the machine wasn't trained on.
    codes : ndarray of int, shape (n,)
        The true classes.
    groups : sequence of ndarray of int
        At least 2; every example is in one of them.
    weighted : bool
        Whether every class weighs the same; else every example does.

    Returns
    -------
    ndarray of float64, shape (n, k)
    """
    scores = np.empty_like(answers)
    halves = [np.concatenate(groups[k::2]) for k in range(2)]
    for half, other in (halves, halves[::-1]):
        matrix, offsets = fit_logistic(answers[other], codes[other], weighted=weighted)
        scores[half] = answers[half] @ matrix.T + offsets
    return scores
