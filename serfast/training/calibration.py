"""Whether stated probabilities are the shares of answers that are right."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._checks import fail, integer

__all__ = ["BINS", "ReliabilityCurve", "expected_calibration_error", "reliability_curve"]

BINS = 15
"""Answers are sorted into so many bins of equal width; it is the field's usual number."""


class ReliabilityCurve(NamedTuple):
    """What became of the answers of each bin, arrays of shape (n_bins,)."""

    answers: NDArray[np.int64]
    """So many answers are in the bin."""
    probability: NDArray[np.float64]
    """This is their mean probability; 0 in a bin without answers."""
    right: NDArray[np.float64]
    """This share of them is right; 0 in a bin without answers."""


def reliability_curve(
    probability: ArrayLike, right: ArrayLike, *, bins: int = BINS
) -> ReliabilityCurve:
    """Give the share of right answers beside the stated probability, bin by bin.

    Answers are sorted by their probability into bins of equal width, (0, 1/bins] and so on. A
    calibrated model has the same number twice in each bin (Guo et al., "On calibration of modern
    neural networks", ICML 2017, section 2).

    Parameters
    ----------
    probability : array_like, shape (n,)
        It holds the largest probability of each answer, that of the class answered, 0 to 1.
    right : array_like of bool, shape (n,)
        It says whether that class is the true one.
    bins : int
        There are so many bins, >= 1.

    Raises
    ------
    ParameterError
        If the lengths differ or are 0, or a probability isn't from 0 to 1.

    Examples
    --------
    >>> curve = reliability_curve([0.9, 0.7, 0.4], [True, False, True], bins=2)
    >>> curve.answers.tolist(), curve.right.tolist()
    ([1, 2], [1.0, 0.5])
    """
    p, hit = _checked(probability, right)
    place = np.clip(np.ceil(p * integer("bins", bins)).astype(int) - 1, 0, None)
    count = np.bincount(place, minlength=bins)
    sums = (np.bincount(place, weights=values, minlength=bins) for values in (p, hit))
    mean, share = (np.divide(one, count, out=np.zeros(bins), where=count > 0) for one in sums)
    return ReliabilityCurve(count, mean, share)


def expected_calibration_error(
    probability: ArrayLike, right: ArrayLike, *, bins: int = BINS
) -> float:
    """Give how far stated probabilities are from the shares of answers that are right.

    In each bin of :func:`reliability_curve` the share of right answers is compared with the mean
    probability; the differences, without their signs, are averaged over all answers (Guo et al.,
    "On calibration of modern neural networks", ICML 2017, eq. 3).

    Parameters
    ----------
    probability : array_like, shape (n,)
        It holds the largest probability of each answer, that of the class answered, 0 to 1.
    right : array_like of bool, shape (n,)
        It says whether that class is the true one.
    bins : int
        There are so many bins, >= 1.

    Returns
    -------
    float
        It is between 0, perfectly calibrated, and 1. With few answers in a bin it is above 0 by
        chance alone: of a calibrated model with 400 answers about 0.05.

    Raises
    ------
    ParameterError
        If the lengths differ or are 0, or a probability isn't from 0 to 1.

    Examples
    --------
    >>> round(expected_calibration_error([0.9, 0.9, 0.6, 0.6], [True, True, True, False]), 3)
    0.1
    """
    curve = reliability_curve(probability, right, bins=bins)
    gaps = np.abs(curve.right - curve.probability)
    return float(gaps @ curve.answers / curve.answers.sum())


def _checked(
    probability: ArrayLike, right: ArrayLike
) -> tuple[NDArray[np.float64], np.ndarray[Any, Any]]:
    """Give both as arrays, if they are what they must be."""
    p, hit = np.asarray(probability, dtype=np.float64), np.asarray(right)
    if p.ndim != 1 or not len(p) or not ((p >= 0) & (p <= 1)).all():
        fail("probability", "at least 1 number from 0 to 1, in one dimension", probability)
    if hit.dtype != bool or hit.shape != p.shape:
        fail("right", f"an array of bool, shape {p.shape}", right)
    return p, hit
