"""The bound above which answers can be relied on, from the answers of speakers left out.

A model whose plugin finds no such bound in its training can take it from an evaluation
(:class:`serfast.models.plugin.TakesBound`). The bound is then chosen by the answers of all speakers
left out. How many answers it keeps and how many of these are right is measured on other speakers
than those by which it was chosen: for each fold by the bound of all other folds (cross-fitting).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .figures import Evaluation, Fold
from .sharpness import sharpened_fold, sharpness_of

__all__ = [
    "FEWEST_IN_EACH",
    "RIGHT",
    "RIGHT_IN_EACH",
    "bound_of",
    "bound_under_conditions",
    "certain_bound",
    "with_bound",
]

RIGHT = 0.93
"""So many of the answers that aren't below the bound are right; three points are a margin."""

FEWEST = 20
"""The share of right ones among fewer answers says nothing."""

RIGHT_IN_EACH = 0.91
"""So many of those under each condition are right; a point is a margin."""

FEWEST_IN_EACH = 50
"""Under one condition, the share of right ones among fewer answers isn't looked at."""

SMALLEST = 200
"""A condition of fewer answers isn't looked at by itself."""


def certain_bound(
    certainty: NDArray[np.float64], right: NDArray[np.bool_], *, share: float, fewest: int = FEWEST
) -> float:
    """Find the bound above which enough answers are right.

    Parameters
    ----------
    certainty : ndarray of float64, shape (n,)
        The largest probability of each answer.
    right : ndarray of bool, shape (n,)
    share : float
        So many of the answers above the bound are to be right, 0 to 1.
    fewest : int
        The share of right ones among fewer answers isn't looked at.

    Returns
    -------
    float
        The least bound such that `share` of the answers whose certainty isn't below it are right,
        here and at every higher bound that still keeps `fewest` answers; 1 if there is none.

    Examples
    --------
    >>> certainty, right = np.linspace(1, 0, 101), np.arange(101) < 50
    >>> certain_bound(certainty, right, share=0.8)
    0.39
    """
    bound, kept = _lowest(certainty, right, share, fewest)
    return bound if kept >= fewest else 1.0


def _lowest(
    certainty: NDArray[np.float64], right: NDArray[np.bool_], share: float, fewest: int
) -> tuple[float, int]:
    """Give the least bound that isn't refuted, nor any higher one, and how many answers it keeps.

    A bound is refuted by at least `fewest` answers of which fewer than `share` are right.
    """
    if not len(certainty):
        return 1.0, 0
    order = np.argsort(-certainty, kind="stable")
    certainty, right = certainty[order], right[order]
    last = np.flatnonzero(np.append(np.diff(certainty) != 0, True))  # of answers that are alike
    bounds, kept = certainty[last], last + 1
    good = (np.cumsum(right)[last] / kept >= share) | (kept < fewest)
    n_good = len(good) if good.all() else int(np.argmin(good))
    return (float(bounds[n_good - 1]), int(kept[n_good - 1])) if n_good else (1.0, 0)


def bound_under_conditions(
    certainty: NDArray[np.float64], right: NDArray[np.bool_], conditions: NDArray[np.intp]
) -> float:
    """Find the bound above which enough answers are right, together and under each condition.

    Noise makes some models surer than they should be. Then the share of right ones of all answers
    together hides that it is too small in noise.

    Parameters
    ----------
    certainty : ndarray of float64, shape (n,)
        The largest probability of each answer.
    right : ndarray of bool, shape (n,)
    conditions : ndarray of int, shape (n,)
        Answers of the same number were given under the same condition.

    Returns
    -------
    float
        The bound of :func:`certain_bound` for a share of 0.93, or a higher one, such that under no
        condition the share of right answers is below 0.91, as far as at least 50 answers under it
        say so. Conditions of fewer than 200 answers aren't looked at by themselves.

    Examples
    --------
    >>> certainty = np.tile(np.linspace(1, 0.5, 300), 2)
    >>> conditions = np.repeat([0, 1], 300)
    >>> right = (conditions == 0) | (certainty > 0.9)  # in noise, only the surest are
    >>> noisy = certain_bound(certainty[300:], right[300:], share=RIGHT_IN_EACH)
    >>> bound_under_conditions(certainty, right, conditions) == noisy
    True
    """
    bounds = [certain_bound(certainty, right, share=RIGHT)]
    for condition in np.unique(conditions):
        under = conditions == condition
        if np.count_nonzero(under) >= SMALLEST:
            answers = certainty[under], right[under]
            bounds.append(_lowest(*answers, RIGHT_IN_EACH, FEWEST_IN_EACH)[0])
    return max(bounds)


def bound_of(folds: Sequence[Fold]) -> float:
    """Give the bound by all answers of some folds, under all conditions that were measured.

    Answers of which the models themselves are uncertain don't count: those to inputs that they
    find strange, of which they will be uncertain with any bound. It is 1 where the folds hold no
    answer.
    """
    answers = [(k, one) for fold in folds for k, one in enumerate((fold, *fold.conditions))]
    answers = [(k, one) for k, one in answers if one.true]
    if not answers:
        return 1.0
    certain = np.concatenate([_certain(one) for _, one in answers])
    return bound_under_conditions(
        np.concatenate([one.certainty for _, one in answers])[certain],
        np.concatenate([one.right for _, one in answers])[certain],
        np.repeat([k for k, _ in answers], [len(one.true) for _, one in answers])[certain],
    )


def with_bound(evaluation: Evaluation, *, sharpens: bool = False) -> Evaluation:
    """Give an evaluation whose folds say of which answers they are certain, by the others' bound.

    Its `certain_above` is the bound by all folds, for a model that is trained on all recordings.
    What the folds' models are uncertain of themselves, because they find it strange, stays so. An
    evaluation of fewer than two folds comes back as it is. With `sharpens`, each fold's
    probabilities are first sharpened as the other folds' answers tell, and the evaluation's
    `sharpness` is that of all folds.
    """
    folds = evaluation.folds
    if len(folds) < 2:
        return evaluation
    marked = []
    for k, fold in enumerate(folds):
        sharpness, bound = _calibration([*folds[:k], *folds[k + 1 :]], sharpens)
        sharp = sharpened_fold(fold, sharpness) if sharpens else fold
        under = tuple(_marked(one, bound) for one in sharp.conditions)
        marked.append(replace(_marked(sharp, bound), conditions=under))
    sharpness, bound = _calibration(folds, sharpens)
    return replace(
        evaluation,
        folds=tuple(marked),
        certain_above=bound,
        sharpness=sharpness if sharpens else None,
    )


def _calibration(folds: Sequence[Fold], sharpens: bool) -> tuple[float, float]:
    """Give the sharpness by some folds, and the bound by their answers so sharpened."""
    if not sharpens:
        return 1.0, bound_of(folds)
    sharpness = sharpness_of(folds)
    return sharpness, bound_of([sharpened_fold(fold, sharpness) for fold in folds])


def _certain(fold: Fold) -> NDArray[np.bool_]:
    """Tell of which answers the fold's model is certain by itself: all if it doesn't say."""
    return np.ones(len(fold.true), bool) if fold.certain is None else np.array(fold.certain, bool)


def _marked(fold: Fold, bound: float) -> Fold:
    certain: Any = fold.certainty >= bound if fold.true else np.zeros(0, bool)
    return replace(fold, certain=tuple((certain & _certain(fold)).tolist()))
