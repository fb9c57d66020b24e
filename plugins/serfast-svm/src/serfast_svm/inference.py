"""The trained machine: one matrix, one softmax, no scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from serfast import FeatureSpec
from serfast.models.classifier import Input, check_input

__all__ = ["LinearSvm", "softmax"]

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class LinearSvm:
    """One-against-rest linear support vector machines with one temperature.

    Parameters
    ----------
    classes : tuple of str
        k of them.
    spec : FeatureSpec
    weights : ndarray of float64, shape (k, d)
        On the vector as it is: the scaling is multiplied in.
    intercepts : ndarray of float64, shape (k,)
    sharpness : float
        Inverse temperature.

    Notes
    -----
    The decision values ``z = weights @ x + intercepts`` become probabilities by
    ``softmax(sharpness * z)`` (Guo et al., "On calibration of modern neural networks", ICML 2017),
    which leaves the largest decision value the most probable class.
    """

    classes: tuple[str, ...]
    spec: FeatureSpec
    weights: Array
    intercepts: Array
    sharpness: float

    input: Input = "vector"

    def __post_init__(self) -> None:
        for array in (self.weights, self.intercepts):
            array.flags.writeable = False

    @property
    def uses(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which entries of the vector have a weight: the others needn't be computed."""
        return np.asarray((self.weights != 0).any(axis=0))

    def predict_proba(self, x: np.ndarray[Any, Any]) -> Array:
        """Probability of each class for one statistics vector of shape (d,)."""
        vector = check_input(x, (self.weights.shape[1],), np.float64)
        with np.errstate(over="ignore", invalid="ignore"):  # absurd weights: NaN, which is refused
            return softmax(self.sharpness * (self.weights @ vector + self.intercepts))


def softmax(z: Array) -> Array:
    """exp(z) / sum(exp(z)) along the last axis, without overflow."""
    with np.errstate(over="ignore"):
        e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))
