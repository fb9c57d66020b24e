"""The trained machine: one matrix, one softmax, no SciPy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from serfast import FeatureSpec
from serfast.models import Typical
from serfast.models.classifier import Input, check_input

__all__ = ["LinearSvm", "softmax"]

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class LinearSvm:
    """One-against-rest linear support vector machines whose scores are calibrated.

    Parameters
    ----------
    classes : tuple of str
        k of them.
    spec : FeatureSpec
    weights : ndarray of float64, shape (k, d)
        On the vector as it is: the scaling is multiplied in.
    intercepts : ndarray of float64, shape (k,)
    sharpness : float
        Inverse temperature; 1 unless the machine is of an earlier bundle.
    neutral : ndarray of float64, shape (k,), or None
        Scores of the training data's mean input, which are the mean of their scores. With it, the
        machine is :class:`serfast.models.Adaptable`.
    by_class : ndarray of float64, shape (k, k), or None
        Row c is the mean of the scores of class c, of speakers that were left out.
    by_speaker : ndarray of float64, shape (k, k + 1), or None
        How scores are read once a speaker's mean is known
        (:func:`serfast_svm.known_speakers.fit_known_speakers`).
    bound : float or None
        A probability below it is uncertain. With it, the machine is
        :class:`serfast.models.Doubting`.
    typical : Typical or None
        What inputs were like in training.

    Notes
    -----
    The scores are ``sharpness * (weights @ x + intercepts)``, and their softmax gives the
    probabilities. Scores are linear in x, so a speaker's mean can be taken away from them instead
    of from his vectors.
    """

    classes: tuple[str, ...]
    spec: FeatureSpec
    weights: Array
    intercepts: Array
    sharpness: float
    neutral: Array | None = None
    by_class: Array | None = None
    by_speaker: Array | None = None
    bound: float | None = None
    typical: Typical | None = None

    input: Input = "vector"
    neutral_scores: Array = field(init=False, repr=False)
    """An attribute that isn't there says that the machine doesn't offer it."""
    class_scores: Array = field(init=False, repr=False)
    speaker_matrix: Array = field(init=False, repr=False)
    certain_above: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        offered = (self.neutral, self.by_class, self.by_speaker)
        for array in (self.weights, self.intercepts, *offered):
            if array is not None:
                array.flags.writeable = False
        if self.neutral is not None:
            object.__setattr__(self, "neutral_scores", self.neutral)
        if self.by_class is not None:
            object.__setattr__(self, "class_scores", self.by_class)
        if self.by_speaker is not None:
            object.__setattr__(self, "speaker_matrix", self.by_speaker)
        if self.bound is not None:
            object.__setattr__(self, "certain_above", self.bound)

    @property
    def uses(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which entries of the vector have a weight: the others needn't be computed."""
        return np.asarray((self.weights != 0).any(axis=0))

    def predict_proba(self, x: np.ndarray[Any, Any]) -> Array:
        """Probability of each class for one statistics vector of shape (d,)."""
        return self.probabilities(self.scores(x))

    def scores(self, x: np.ndarray[Any, Any]) -> Array:
        """Score of each class for one vector: linear in it."""
        vector = check_input(x, (self.weights.shape[1],), np.float64)
        with np.errstate(over="ignore", invalid="ignore"):  # absurd weights: NaN, which is refused
            return np.asarray(self.sharpness * (self.weights @ vector + self.intercepts))

    def probabilities(self, scores: Array) -> Array:
        """Probability of each class that these scores mean."""
        with np.errstate(invalid="ignore"):
            return softmax(scores)

    def strangeness(self, x: np.ndarray[Any, Any]) -> float | None:
        """How far a vector is from those of training; above 1 it is unlike them."""
        vector = check_input(x, (self.weights.shape[1],), np.float64)
        return None if self.typical is None else self.typical.strangeness(vector)


def softmax(z: Array) -> Array:
    """exp(z) / sum(exp(z)) along the last axis, without overflow."""
    with np.errstate(over="ignore"):
        e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))
