"""A classifier plugin in thirty lines, and a way to install it for a test."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from serfast.errors import ParameterError
from serfast.models.classifier import check_input
from serfast.models.plugin import Weights


class Nearest:
    """The nearest class mean, by squared distance."""

    input = "vector"

    def __init__(self, classes, spec, means):
        self.classes, self.spec, self.means = classes, spec, means

    def predict_proba(self, x):
        vector = check_input(x, self.means.shape[1:], np.float64)
        distance = ((self.means - vector) ** 2).sum(axis=1)
        shares = np.exp(distance.min() - distance)
        return shares / shares.sum()


class NearestPlugin:
    """Trains and loads :class:`Nearest`; notes what it was shown."""

    input = "vector"

    def __init__(self, model: Path | None = None):
        self.shown: list[Any] = []
        self.model = model

    def train(self, examples, *, seed=0):
        if len(examples.classes) < 2:
            raise ParameterError(f"labels must be of 2 classes, got {examples.classes}")
        self.shown.append(examples)
        x = np.asarray(examples.inputs)
        means = [x[examples.labels == name].mean(axis=0) for name in examples.classes]
        return Weights(arrays={"means": np.array(means)}, card={"seed": seed})

    def load(self, bundle):
        size = bundle.vector_size
        means = bundle.array("means", (len(bundle.classes), size))
        return Nearest(bundle.classes, bundle.spec, means)

    def default_model(self):
        return self.model


class Averaging:
    """A classifier with a state: how loud the rows so far are, on average, by blocks of three."""

    classes = ("quiet", "loud")
    input = "rows"
    stride = 3

    def __init__(self, spec):
        self.spec = spec

    def new_state(self):
        return AveragingState()

    def step(self, rows, state):
        if not isinstance(state, AveragingState):
            raise ParameterError(f"state must be one of new_state(), got {state!r}")
        block = check_input(rows, (self.stride, len(self.spec.columns)), np.float64)
        state.total += float(block[:, 0].max())
        state.n += 1
        return self._probabilities(state.total / state.n)

    def predict_proba(self, x):
        rows = check_input(x, (None, len(self.spec.columns)), np.float64)[:, 0]
        if len(rows) < self.stride:
            rows = np.concatenate([rows, np.repeat(rows[-1:], self.stride - len(rows))])
        blocks = rows[: len(rows) // self.stride * self.stride].reshape(-1, self.stride)
        return self._probabilities(blocks.max(axis=1).mean())

    def _probabilities(self, level):
        loud = 1 / (1 + np.exp(-level))
        return np.array([1 - loud, loud])


class AveragingState:
    total = 0.0
    n = 0


class Doubtful(Averaging):
    """One that finds whatever is shorter than 30 rows strange."""

    certain_above = 0.0

    def strangeness(self, x):
        rows = check_input(x, (None, len(self.spec.columns)), np.float64)
        return 10 / max(1, len(rows) // self.stride)

    def strangeness_so_far(self, state):
        if not isinstance(state, AveragingState):
            raise ParameterError(f"state must be one of new_state(), got {state!r}")
        return 10 / state.n if state.n else None


class AveragingPlugin:
    """Loads :class:`Averaging`."""

    input = "rows"

    def train(self, examples, *, seed=0):
        return Weights(arrays={})

    def load(self, bundle):
        return Averaging(bundle.spec)

    def default_model(self):
        return None


def install(
    folder: Path,
    module: str,
    source: str,
    distribution: str,
    entry: str,
    group: str = "serfast.classifiers",
) -> None:
    """Lay a distribution into a folder on sys.path, as pip would."""
    (folder / f"{module}.py").write_text(source)
    about = folder / f"{distribution.replace('-', '_')}-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n")
    (about / "entry_points.txt").write_text(f"[{group}]\n{entry}\n")


def install_nearest(folder: Path, patch: pytest.MonkeyPatch, model: Path | None = None) -> None:
    """Install :class:`NearestPlugin` as `nearest`, with this default model, and let it be found."""
    source = (
        "from pathlib import Path\n"
        "from helpers.plugin_stub import NearestPlugin\n"
        f"PLUGIN = NearestPlugin({f'Path({str(model)!r})' if model else None})\n"
    )
    site = folder / "site"
    site.mkdir()
    install(site, "nearest_mod", source, "serfast-nearest", "nearest = nearest_mod:PLUGIN")
    patch.syspath_prepend(str(site))
    importlib.invalidate_caches()
    sys.modules.pop("nearest_mod", None)


def install_averaging(folder: Path) -> None:
    """Install :class:`AveragingPlugin` under the name `averaging`."""
    source = "from helpers.plugin_stub import AveragingPlugin\nPLUGIN = AveragingPlugin()\n"
    install(
        folder, "averaging_mod", source, "serfast-averaging", "averaging = averaging_mod:PLUGIN"
    )
