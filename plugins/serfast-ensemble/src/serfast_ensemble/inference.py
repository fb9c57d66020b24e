"""The trained ensemble: every member sees the samples by its own features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from serfast import Extractor, FeatureSpec
from serfast.models.classifier import Classifier, Input, check_input
from serfast.models.inputs import inputs_of
from serfast.models.plugin_calls import probabilities_of
from serfast.statistics.statistics import PreparedStatistics

from .pooling import Pool

__all__ = ["Ensemble", "Member"]


@dataclass(frozen=True)
class Member:
    """One of the classifiers, with what its input is made by."""

    name: str
    classifier: Classifier
    extractor: Extractor
    vector: PreparedStatistics | None


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
    """

    classes: tuple[str, ...]
    spec: FeatureSpec
    members: tuple[Member, ...]
    pool: Pool

    input: Input = "samples"

    def predict_proba(self, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Probability of each class for samples of shape (n,)."""
        samples = check_input(x, (None,), np.float32)
        return self.pool(np.array([_asked(member, samples) for member in self.members]))


def _asked(member: Member, samples: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    kind = member.classifier.input
    inputs = inputs_of(samples, kind, member.extractor, member.vector)
    return probabilities_of(member.classifier, inputs, member.name)
