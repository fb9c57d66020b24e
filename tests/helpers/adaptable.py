"""A classifier that can be adapted and doubts, in few lines, for tests of speakers."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import serfast
from helpers.plugin_stub import install
from serfast.models.bundle.bundle import Bundle
from serfast.models.classifier import check_input
from serfast.statistics.statistics import Statistics

CLASSES = ("calm", "loud", "shrill")
SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.ZeroCrossingRate()])
STATISTICS = Statistics(functionals=("mean",), deltas=0)
WEIGHTS = np.array([[-8.0, -2.0], [9.0, -1.0], [1.0, 6.0]])
NEUTRAL = np.array([-1.0, 0.5, 2.0])
BY_CLASS = np.array([[1.0, 0.0, 1.5], [-2.0, 1.0, 2.0], [-2.0, 0.5, 2.5]])
SPEAKER_MATRIX = np.array([[2.0, 0.5, 0.0, 1.0], [0.0, 1.5, -1.0, 0.0], [0.3, 0.0, 1.0, -0.5]])
CERTAIN_ABOVE = 0.62


class Linear:
    """Scores that are linear in the vector; strange is what is louder than an RMS of 0.5."""

    input = "vector"
    classes = CLASSES
    spec = SPEC
    neutral_scores = NEUTRAL
    class_scores = BY_CLASS
    certain_above = CERTAIN_ABOVE

    def scores(self, x):
        return WEIGHTS @ check_input(x, (2,), np.float64)

    def probabilities(self, scores):
        shares = np.exp(scores - scores.max())
        return shares / shares.sum()

    def predict_proba(self, x):
        return self.probabilities(self.scores(x))

    def strangeness(self, x):
        return float(check_input(x, (2,), np.float64)[0] / 0.5)


class Knowing(Linear):
    """The same machine, which reads the scores of known speakers otherwise."""

    speaker_matrix = SPEAKER_MATRIX


class Plain:
    """The same machine, offering nothing but probabilities."""

    input = "vector"
    classes = CLASSES
    spec = SPEC

    def predict_proba(self, x):
        return Linear().predict_proba(x)


class LinearPlugin:
    """Loads a new classifier of a class."""

    input = "vector"

    def __init__(self, kind: type[Any] = Linear) -> None:
        self.kind = kind

    def train(self, examples, *, seed=0):
        raise NotImplementedError

    def load(self, bundle):
        return self.kind()

    def default_model(self):
        return None


def bundle(number: float = 0.0) -> Bundle:
    """Give the bundle of a model; another number makes it another model."""
    return Bundle(
        plugin="linear",
        classes=CLASSES,
        spec=SPEC,
        statistics=STATISTICS,
        arrays={"weights": WEIGHTS + number},
    )


def install_linear(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Install the plugin `linear`; give the path of its model."""
    site = folder / "site"
    site.mkdir()
    source = "from helpers.adaptable import LinearPlugin\nPLUGIN = LinearPlugin()\n"
    install(site, "linear_mod", source, "serfast-linear", "linear = linear_mod:PLUGIN")
    patch.syspath_prepend(str(site))
    importlib.invalidate_caches()
    return bundle().save(folder / "linear.zip")


def softmax(z):
    """Give the softmax, written anew."""
    return np.exp(z) / np.exp(z).sum()
