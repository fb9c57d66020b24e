"""What a plugin is, and what it may offer beside that.

A plugin is one object, announced in the entry-point group ``serfast.classifiers``. It trains on
examples, giving weights as plain arrays and files, and makes a classifier out of a bundle that
holds them. serfast does the rest: features, statistics, speakers, measuring, storing.
:class:`Plugin` is all that a plugin needs. One that has wishes or takes long offers some of the
other protocols too. ``serfast.testing.check_plugin`` is the contract as a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from .. import _checks as checks
from .. import presets
from ..audio.augmentation import SPEEDS, Alteration
from ..errors import ParameterError
from ..features.spec import FeatureSpec
from ..statistics.statistics import Statistics
from .bundle import Bundle
from .classifier import Classifier, Input

__all__ = [
    "ChecksFirst",
    "Examples",
    "LongTraining",
    "Plugin",
    "Run",
    "TrainingChoices",
    "WantsCopies",
    "WantsFeatures",
    "Weights",
    "alterations_for",
    "check_training",
    "features_for",
    "fit",
    "options_of",
    "with_options",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class Examples:
    """What a plugin trains on: inputs of one kind with a label and a speaker each.

    Parameters
    ----------
    inputs : sequence of ndarray
        Of the kind that the plugin's `input` says; for "vector", one array of shape (n, d).
    labels : ndarray of str, shape (n,)
    speakers : ndarray of str, shape (n,)
    altered : ndarray of bool, shape (n,)
        Whether the example is an altered copy of a recording (another speed, noise). Altered
        copies are for training alone: what is measured, is measured on the others.
    names : tuple of str
        For "vector": the name of each entry.
    spec : FeatureSpec or None
        The features that the inputs were made of, where it is known.
    statistics : Statistics or None
        For "vector": what made the vectors of rows, where it is known.
    backend : str or None
        What computed the features; None: the one that is the default.
    """

    inputs: Sequence[np.ndarray[Any, Any]] | np.ndarray[Any, Any]
    labels: np.ndarray[Any, Any]
    speakers: np.ndarray[Any, Any]
    altered: np.ndarray[Any, Any]
    names: tuple[str, ...] = ()
    spec: FeatureSpec | None = None
    statistics: Statistics | None = None
    backend: str | None = None

    def __post_init__(self) -> None:
        sizes = [len(x) for x in (self.inputs, self.labels, self.speakers, self.altered)]
        if len(set(sizes)) != 1:
            raise ParameterError(
                f"inputs, labels, speakers, altered must be of one length, got {sizes}"
            )

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels that occur, sorted."""
        return tuple(sorted(set(self.labels.tolist())))

    def where(self, mask: np.ndarray[Any, Any]) -> Examples:
        """Select the examples where `mask` is true."""
        index = np.flatnonzero(mask)
        inputs = self.inputs
        chosen = (
            inputs[index] if isinstance(inputs, np.ndarray) else [inputs[int(i)] for i in index]
        )
        return replace(
            self,
            inputs=chosen,
            labels=self.labels[index],
            speakers=self.speakers[index],
            altered=self.altered[index],
        )


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What training gives: what a bundle stores of the plugin's."""

    arrays: Mapping[str, np.ndarray[Any, Any]]
    files: Mapping[str, bytes] = field(default_factory=dict)
    card: Mapping[str, Any] = field(default_factory=dict)
    """What was chosen in training: anything JSON can hold."""


@runtime_checkable
class Plugin(Protocol):
    """What stands behind an entry point in the group ``serfast.classifiers``."""

    @property
    def input(self) -> Input:
        """What it trains on, and what the classifiers that it trains take."""

    def train(self, examples: Examples, *, seed: int = 0) -> Weights:
        """Weights for these examples; the same for the same examples and seed.

        Whatever is chosen or scaled, is so by these examples alone. The classes are
        ``examples.classes``.

        Raises
        ------
        ParameterError
            If there are fewer than two classes, or too few examples or speakers.
        """

    def load(self, bundle: Bundle) -> Classifier:
        """Make the classifier in a bundle.

        Raises
        ------
        ModelError
            If an array is missing or doesn't have the shape that classes and spec ask for.
        """

    def default_model(self) -> Path | None:
        """Locate the bundle that comes with the plugin, if one does."""


def _silent(share: float, text: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """The circumstances of a training.

    Parameters
    ----------
    seed : int
        Of whatever is drawn at random.
    folder : Path or None
        Where a long training keeps what it needs to go on after an interruption, and its pictures;
        it exists. The same examples, options and seed in the same folder go on where they stopped,
        and give the same weights as without a stop. None: nothing is kept.
    tell : callable
        Told from time to time what share is done, 0 to 1, and how it goes.
    """

    seed: int = 0
    folder: Path | None = None
    tell: Callable[[float, str], None] = _silent


@runtime_checkable
class WantsFeatures(Protocol):
    """A plugin that wants other features than :func:`serfast.presets.speech`."""

    def default_spec(self) -> FeatureSpec:
        """Features to train on if the user names none."""


@runtime_checkable
class WantsCopies(Protocol):
    """A plugin that wants other altered copies than :data:`serfast.audio.augmentation.SPEEDS`."""

    def default_alterations(self) -> Sequence[Alteration]:
        """For each, an altered copy of every recording is made for training."""


@runtime_checkable
class TrainingChoices(Protocol):
    """A plugin with options of training."""

    def training_options(self) -> Mapping[str, Any]:
        """Every option's name and value, which JSON can hold."""

    def with_training_options(self, values: Mapping[str, str]) -> Plugin:
        """Give a plugin like this one with these options changed, from text.

        Raises
        ------
        ParameterError
            If there is no such option, or a value breaks its rule.
        """


@runtime_checkable
class LongTraining(Protocol):
    """A plugin whose training tells how it goes, and goes on where it was interrupted."""

    def train_run(self, examples: Examples, run: Run) -> Weights:
        """Train as ``train(examples, seed=run.seed)`` does, in these circumstances."""


@runtime_checkable
class ChecksFirst(Protocol):
    """A plugin that can tell before the features are computed that its training would fail."""

    def check_training(self, labels: Sequence[str], speakers: Sequence[str]) -> None:
        """Check what can be known from label and speaker of each recording.

        Raises
        ------
        ParameterError
            If there are too few classes or speakers.
        ImportError
            If a package that training needs is missing.
        """


def check_training(plugin: Plugin, labels: Sequence[str], speakers: Sequence[str]) -> None:
    """Have a plugin refuse, before the work, recordings that it can't be trained on.

    Raises
    ------
    ParameterError
        If they are of fewer than two classes, or the plugin refuses them.
    ImportError
        If a package that training needs is missing.
    """
    if len(classes := set(labels)) < 2:
        checks.fail("labels", "of at least 2 classes", sorted(classes))
    if isinstance(plugin, ChecksFirst):
        plugin.check_training(labels, speakers)


def features_for(plugin: Plugin) -> tuple[FeatureSpec, Statistics | None]:
    """Give the features that a plugin is trained on by default; no statistics without a vector."""
    spec = plugin.default_spec() if isinstance(plugin, WantsFeatures) else presets.speech()
    return spec, presets.speech_statistics() if plugin.input == "vector" else None


def alterations_for(plugin: Plugin) -> Sequence[Alteration]:
    """Give the altered copies that a plugin is trained on by default."""
    return plugin.default_alterations() if isinstance(plugin, WantsCopies) else SPEEDS


def options_of(plugin: Plugin) -> dict[str, Any]:
    """Give a plugin's options, none if it has none."""
    return dict(plugin.training_options()) if isinstance(plugin, TrainingChoices) else {}


def with_options(name: str, plugin: Plugin, values: Mapping[str, str]) -> Plugin:
    """Change a plugin's options.

    Raises
    ------
    ParameterError
        If it has no such option, or a value breaks its rule.
    """
    if not values:
        return plugin
    if not isinstance(plugin, TrainingChoices):
        raise ParameterError(f"option must be none, plugin {name!r} has none, got {min(values)!r}")
    return plugin.with_training_options(values)


def fit(plugin: Plugin, examples: Examples, run: Run) -> Weights:
    """Train a plugin on examples, in the circumstances that it can make use of."""
    if isinstance(plugin, LongTraining):
        return plugin.train_run(examples, run)
    return plugin.train(examples, seed=run.seed)
