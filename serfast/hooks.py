"""What a plugin may offer beside its contract, each hook by itself.

:class:`serfast.classifier.Plugin` is all that a plugin needs. One that has wishes or takes long
offers some of these too; who offers none gets what everybody gets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from . import presets
from .alteration import SPEEDS, Alteration
from .classifier import Examples, Plugin, Weights
from .errors import ParameterError
from .spec import FeatureSpec
from .statistics import Statistics

__all__ = [
    "LongTraining",
    "Run",
    "TrainingChoices",
    "WantsCopies",
    "WantsFeatures",
    "alterations_for",
    "features_for",
    "fit",
    "options_of",
    "with_options",
]


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
    """A plugin that wants other altered copies than :data:`serfast.alteration.SPEEDS`."""

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
