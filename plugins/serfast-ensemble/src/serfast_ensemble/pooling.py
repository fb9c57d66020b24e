"""How members' probabilities become one: what is learned of it, and how it is applied.

Soft vote: the mean. Stacking: the softmax of a weighted sum of logarithms, with one weight a member
and one shift a class; few enough to be learned from the predictions of held-out speakers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Pool", "fit_stack", "softmax"]

Array = np.ndarray[Any, np.dtype[np.float64]]

FLOOR = 1e-4
"""Least probability of a member's in a logarithm: one that is sure and wrong isn't the end."""
LEAST = 1e-9
"""Least pooled probability whose logarithm is a score."""
RIDGE = 1e-2
"""Keeps the weights finite where the members are never wrong."""
STEPS = 50


@dataclass(frozen=True, eq=False)
class Pool:
    """From probabilities (n_members, n_classes) to probabilities (n_classes,).

    Parameters
    ----------
    weights : ndarray of float64, shape (n_members,)
        Of the mean, for a vote; of the logarithms, for a stack.
    shifts : ndarray of float64, shape (n_classes,), or None
        None is a vote.
    """

    weights: Array
    shifts: Array | None = None

    def __call__(self, probabilities: Array) -> Array:
        """Pool the members' probabilities."""
        if self.shifts is None:
            mean = self.weights @ probabilities
            return np.asarray(mean / mean.sum())
        return softmax(self.scores(probabilities))

    def scores(self, probabilities: Array) -> Array:
        """Give what the pooled probabilities are the softmax of.

        For a stack these are the sums of logarithms; for a vote, logarithms of the mean.
        """
        if self.shifts is None:
            return np.asarray(np.log(np.maximum(self(probabilities), LEAST)))
        return np.asarray(self.weights @ _logarithm(probabilities) + self.shifts)


def fit_stack(probabilities: Array, codes: np.ndarray[Any, Any], ridge: float = RIDGE) -> Pool:
    """Learn a stack from predictions of examples that the members weren't trained on.

    The likelihood, with classes weighing the same in sum, of a conditional logit is concave; its
    maximum is found by Newton's method.

    Parameters
    ----------
    probabilities : ndarray of float64, shape (n, n_members, n_classes)
    codes : ndarray of int, shape (n,)
        True classes.
    ridge : float
        Pull of the weights towards a vote's, and of the shifts towards 0, > 0.
    """
    n, n_members, n_classes = probabilities.shape
    shifts = np.broadcast_to(np.eye(n_classes), (n, n_classes, n_classes))
    logs = _logarithm(probabilities).transpose(0, 2, 1)
    x = np.concatenate([logs, shifts], axis=2)  # (n, classes, parameters)
    counts = np.bincount(codes, minlength=n_classes)
    share = 1 / (counts[codes] * np.count_nonzero(counts))
    center = np.concatenate([np.full(n_members, 1 / n_members), np.zeros(n_classes)])
    parameters = center.copy()
    for _ in range(STEPS):
        p = softmax(x @ parameters)
        mean = np.einsum("nc,ncp->np", p, x)
        slope = share @ (x[np.arange(n), codes] - mean) - ridge * (parameters - center)
        bend = np.einsum("n,nc,ncp,ncq->pq", share, p, x, x, optimize=True)
        bend -= np.einsum("n,np,nq->pq", share, mean, mean)
        step = np.linalg.solve(bend + ridge * np.eye(len(parameters)), slope)
        parameters += step / max(1.0, np.abs(step).max())  # at most 1: far steps overshoot
        if np.abs(step).max() < 1e-10:
            break
    return Pool(parameters[:n_members], parameters[n_members:])


def _logarithm(probabilities: Array) -> Array:
    return np.log(np.maximum(probabilities, FLOOR))


def softmax(z: Array) -> Array:
    """exp(z) / sum(exp(z)) along the last axis, without overflow."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))
