"""The trained ensemble: every member sees the samples by its own features."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from serfast import Extractor, FeatureSpec
from serfast.models.classifier import Classifier, Input, check_input
from serfast.models.inputs import VectorMaker, inputs_of
from serfast.models.plugin_calls import probabilities_of

from .pooling import Pool, softmax

__all__ = ["Ensemble", "Member"]


@dataclass(frozen=True)
class Member:
    """One of the classifiers, with what its input is made by."""

    name: str
    classifier: Classifier
    extractor: Extractor
    vector: VectorMaker | None


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Pools the probabilities of its members.

    Parameters
    ----------
    classes : tuple of str
    spec : FeatureSpec
        Its sample rate is that of the samples.
    members : tuple of Member
        Of the same classes and sample rate.
    pool : Pool
    by_class : ndarray of float64, shape (n_classes, n_classes), or None
        Mean of the scores of each true class over held-out predictions. With it, the ensemble is
        :class:`serfast.models.Adaptable`.
    """

    classes: tuple[str, ...]
    spec: FeatureSpec
    members: tuple[Member, ...]
    pool: Pool
    by_class: np.ndarray[Any, Any] | None = None

    input: Input = "samples"
    neutral_scores: np.ndarray[Any, Any] = field(init=False, repr=False)
    """An attribute that isn't there says that the ensemble doesn't offer it."""
    class_scores: np.ndarray[Any, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.by_class is not None:
            object.__setattr__(self, "class_scores", self.by_class)
            object.__setattr__(self, "neutral_scores", self.by_class.mean(axis=0))

    def predict_proba(self, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Probability of each class for samples of shape (n,)."""
        return self.pool(self._asked(x))

    def scores(self, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Score of each class for samples of shape (n,)."""
        return self.pool.scores(self._asked(x))

    def probabilities(self, scores: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Probability of each class that these scores mean."""
        return softmax(scores)

    def _asked(self, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        samples = check_input(x, (None,), np.float32)
        return np.array([_asked(member, samples) for member in self.members])


def _asked(member: Member, samples: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    kind = member.classifier.input
    inputs = inputs_of(samples, kind, member.extractor, member.vector)
    return probabilities_of(member.classifier, inputs, member.name)
