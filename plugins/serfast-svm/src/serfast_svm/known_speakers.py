"""How the scores of a speaker whose mean is known are read: otherwise than those of a stranger.

A stranger's scores hold what voice and channel add to them, and the calibration
(:mod:`serfast_svm.calibration`) counts on that. Once the mean of a speaker's scores is taken away,
what is left differs less within a class. So directions count that were drowned before.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from serfast.training import fit_sharpness

from .speaker_means import SpeakerMeans

__all__ = ["FEWEST", "fit_known_speakers"]

Array = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.intp]]

FEWEST = 10
"""A speaker of fewer examples in one condition isn't known: their mean says little of the voice."""

HELD = 0.1
"""This share of their mean is added to the variances, so that the covariance has an inverse."""


def fit_known_speakers(
    scores: Array, codes: Codes, means: SpeakerMeans, neutral: Array, *, weighted: bool = True
) -> Array | None:
    """Find how scores relative to their speaker's mean become scores again.

    Parameters
    ----------
    scores : ndarray of float64, shape (n, k)
        Of examples that the machine wasn't trained on.
    codes : ndarray of int, shape (n,)
        Their true classes.
    means : SpeakerMeans
        Which of them are of one speaker in the same condition.
    neutral : ndarray of float64, shape (k,)
        This takes the place of each speaker's mean.
    weighted : bool
        Whether every class weighs the same; else every example does.

    Returns
    -------
    ndarray of float64, shape (k, k + 1), or None
        The new scores are ``matrix[:, :-1] @ relative + matrix[:, -1]``. None if there are no two
        speakers of at least FEWEST examples who tell all classes apart.

    Notes
    -----
    It is Fisher's linear discriminant ("The use of multiple measurements in taxonomic problems",
    Annals of Eugenics 7, 1936): the classes have normal distributions of one covariance, here of
    scores. Its logarithms of probabilities are multiplied by the number that gives the true
    classes the greatest likelihood.
    """
    k = len(neutral)
    _, place, counts = np.unique(means.numbers, return_inverse=True, return_counts=True)
    known = counts[place] >= FEWEST
    if len(np.unique(means.numbers[known])) < 2 or len(np.unique(codes[known])) < k:
        return None
    relative = means.among(np.flatnonzero(known)).relative(scores[known]) + neutral
    codes = codes[known]
    shares = np.bincount(codes, minlength=k) / len(codes)
    weights = np.full(k, 1 / k) if weighted else shares
    centres = np.stack([relative[codes == c].mean(axis=0) for c in range(k)])
    within = sum(
        weight * np.cov(relative[codes == c].T, bias=True)
        for c, weight in enumerate(weights.tolist())
    )
    variance = float(np.trace(within)) / k
    if not variance > np.finfo(np.float64).tiny:
        return None
    inverse = np.linalg.inv(within + HELD * variance * np.eye(k))
    matrix = centres @ inverse
    offsets = np.log(weights) - (matrix * centres).sum(axis=1) / 2
    by_example = (weights / shares)[codes] / len(codes)
    scale = fit_sharpness(relative @ matrix.T + offsets, codes, by_example)
    return np.column_stack([scale * matrix, scale * offsets])
