"""A classifier plugin of one's own: the nearest class mean, after standardising."""

from __future__ import annotations

import numpy as np

from serfast.errors import ParameterError
from serfast.models.classifier import check_input
from serfast.models.plugin import Weights


class NearestMean:
    """The trained model: immutable, so threads may share it."""

    input = "vector"  # takes the statistics of a recording; "rows" and "samples" are there too

    def __init__(self, classes, spec, means, scale):
        self.classes, self.spec, self._means, self._scale = classes, spec, means, scale

    def predict_proba(self, x):
        """Probability of each class: softmax of minus the mean squared distance."""
        vector = check_input(x, self._scale.shape, np.float64)
        distance = (((self._means - vector) / self._scale) ** 2).mean(axis=1)
        shares = np.exp(distance.min() - distance)
        return shares / shares.sum()


class NearestMeanPlugin:
    """What the entry point names: trains weights, loads them from a bundle."""

    input = "vector"

    def train(self, examples, *, seed=0):
        """Means of the classes and the spread within them."""
        if len(examples.classes) < 2:
            raise ParameterError(f"labels must be of at least 2 classes, got {examples.classes}")
        x = np.asarray(examples.inputs)
        means = np.array([x[examples.labels == name].mean(axis=0) for name in examples.classes])
        within = x - means[np.searchsorted(examples.classes, examples.labels)]
        return Weights(arrays={"means": means, "scale": within.std(axis=0) + 1e-9})

    def load(self, bundle):
        """The model; `bundle.array` checks that a stranger's weights have the right shape."""
        size = bundle.vector_size
        means = bundle.array("means", (len(bundle.classes), size))
        return NearestMean(bundle.classes, bundle.spec, means, bundle.array("scale", (size,)))

    def default_model(self):
        """None comes with it: train one with `serfast train --classifier nearest`."""


PLUGIN = NearestMeanPlugin()
