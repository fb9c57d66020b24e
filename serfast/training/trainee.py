"""A trainee is a plugin and what its examples were made with; it becomes a model here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..features.spec import FeatureSpec
from ..models.judge import Judge
from ..models.plugin import Examples, Plugin, Run, fit
from ..models.plugin_calls import calling, load_classifier
from ..statistics.statistics import Statistics
from .training import bundle_of

__all__ = ["Trainee"]


@dataclass(frozen=True)
class Trainee:
    """A trainee is a plugin with its name, and the spec and statistics of its examples."""

    name: str
    plugin: Plugin
    spec: FeatureSpec
    statistics: Statistics | None

    def trained(self, examples: Examples, run: Run) -> tuple[Judge, dict[str, Any]]:
        """Train on examples; give the judge that asks the model, and what the plugin chose.

        The weights go through a bundle, so the model is the one that a user would load.
        """
        with calling(self.name, "train"):
            weights = fit(self.plugin, examples, run)
        bundle = bundle_of(self.name, weights, examples, self.spec, self.statistics, {})
        classifier = load_classifier(self.name, self.plugin, bundle)
        return Judge(classifier, self.name), dict(weights.card)
