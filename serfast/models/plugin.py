"""Here is the contract of a plugin: what it must have, and what it may offer in addition.

A plugin is one object, announced in the entry-point group ``serfast.classifiers``. It trains on
examples and gives weights as plain arrays and files. It makes a classifier from a bundle that
holds them. serfast does the rest: features, statistics, speakers, measuring, storing.

A plugin needs only what :class:`Plugin` has. The other protocols are for plugins that want other
features, have options, or train for a long time. ``serfast.testing.check_plugin`` tests whether a
plugin keeps the contract.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from .. import _checks as checks
from ..errors import ParameterError
from ..features.spec import FeatureSpec
from ..forking import forks_wait
from ..statistics.statistics import Statistics
from .bundle import Bundle
from .classifier import Classifier, Input
from .embedding_reference import EmbeddingReference

if TYPE_CHECKING:
    from ..audio.augmentation import Alteration

__all__ = [
    "ChecksFirst",
    "Examples",
    "LongTraining",
    "Plugin",
    "Run",
    "SharesEmbedding",
    "TakesBound",
    "TakesSharpness",
    "TrainingChoices",
    "WantsCopies",
    "WantsEmbedding",
    "WantsFeatures",
    "Weights",
    "alterations_for",
    "check_training",
    "embedding_for",
    "features_for",
    "fit",
    "options_of",
    "similar",
    "with_options",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class Examples:
    """Examples are what a plugin trains on: inputs of one kind, each with a label and a speaker.

    Parameters
    ----------
    inputs : sequence of ndarray
        They are of the kind that the plugin's `input` says. Vectors are one array of shape (n, d),
        which serfast makes of float32.
    labels : ndarray of str, shape (n,)
    speakers : ndarray of str, shape (n,)
    altered : ndarray of bool, shape (n,)
        It is True for an altered copy of a recording (another speed, added noise). Altered copies
        serve training alone: figures are measured on the other examples.
    names : tuple of str
        Vectors have a name for each entry; other inputs have none.
    spec : FeatureSpec or None
        This is the spec from which the inputs were made, if it is known.
    statistics : Statistics or None
        These statistics made the vectors, if that is known.
    embedding : EmbeddingReference or None
        This embedding made the vectors, or what is in them behind the statistics, if that is known.
    backend : str or None
        This back end computed the features; None stands for the default.
    copies : ndarray of int, shape (n,), or None
        It is 0 for a recording and k for its copy by the k-th alteration; None if that isn't known.
    texts : ndarray of str, shape (n,), or None
        What is said, as the corpus numbers it; a recording of which that isn't known has a text of
        its own, which its copies share. None if nothing is known.
    """

    inputs: Sequence[np.ndarray[Any, Any]] | np.ndarray[Any, Any]
    labels: np.ndarray[Any, Any]
    speakers: np.ndarray[Any, Any]
    altered: np.ndarray[Any, Any]
    names: tuple[str, ...] = ()
    spec: FeatureSpec | None = None
    statistics: Statistics | None = None
    embedding: EmbeddingReference | None = None
    backend: str | None = None
    copies: np.ndarray[Any, Any] | None = None
    texts: np.ndarray[Any, Any] | None = None

    def __post_init__(self) -> None:
        sizes = [len(x) for x in (self.inputs, self.labels, self.speakers, self.altered)]
        if len(set(sizes)) != 1:
            raise ParameterError(
                f"inputs, labels, speakers, altered must be of one length, got {sizes}"
            )
        if self.copies is not None and len(self.copies) != len(self):
            checks.fail("copies", f"one for each of {len(self)} examples", len(self.copies))
        if self.texts is not None and len(self.texts) != len(self):
            checks.fail("texts", f"one for each of {len(self)} examples", len(self.texts))

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def classes(self) -> tuple[str, ...]:
        """Give the labels that occur, sorted."""
        return tuple(sorted(set(self.labels.tolist())))

    def predictable(self) -> Iterator[np.ndarray[Any, Any]]:
        """Give one input after the other as a classifier takes it: a vector is of float64."""
        for x in self.inputs:
            yield x.astype(np.float64) if isinstance(self.inputs, np.ndarray) else x

    def where(self, mask: np.ndarray[Any, Any]) -> Examples:
        """Give the examples for which `mask` is true."""
        return self.take(np.flatnonzero(mask))

    def take(self, index: np.ndarray[Any, Any]) -> Examples:
        """Give the examples in these places; one may be there several times."""
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
            copies=None if self.copies is None else self.copies[index],
            texts=None if self.texts is None else self.texts[index],
        )


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Weights are the result of a training, which a bundle stores for the plugin."""

    arrays: Mapping[str, np.ndarray[Any, Any]]
    files: Mapping[str, bytes] = field(default_factory=dict)
    card: Mapping[str, Any] = field(default_factory=dict)
    """It tells what was chosen in training; it holds only what JSON can hold."""


@runtime_checkable
class Plugin(Protocol):
    """A plugin is the object that an entry point in ``serfast.classifiers`` names."""

    @property
    def input(self) -> Input:
        """Give the kind of input that it trains on and that its classifiers take."""

    def train(self, examples: Examples, *, seed: int = 0) -> Weights:
        """Give weights for these examples; the same examples and seed give the same weights.

        Every choice and every scale depends on these examples alone. The classes are
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
        """Give the path of the bundle that comes with the plugin, or None if there is none."""


def _silent(share: float, text: str) -> None:
    """Do nothing with the news of a training."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run holds the circumstances of a training: its seed, its folder and whom it informs.

    Parameters
    ----------
    seed : int
        Everything random in the training depends on this seed.
    folder : Path or None
        A long training keeps its pictures in this folder, and what it needs to continue after an
        interruption. The folder exists. A training with the same examples, options and seed in
        the same folder continues where it stopped, and gives the same weights as without a stop.
        With None nothing is kept.
    tell : callable
        It is called from time to time with the share that is done, 0 to 1, and a line of text.
    """

    seed: int = 0
    folder: Path | None = None
    tell: Callable[[float, str], None] = _silent


@runtime_checkable
class WantsFeatures(Protocol):
    """A plugin has this method if it wants other features than :func:`serfast.presets.speech`."""

    def default_spec(self) -> FeatureSpec:
        """Give the features to train on if the user names none."""


@runtime_checkable
class WantsEmbedding(Protocol):
    """A plugin of vectors has this method if it takes an embedding by default.

    So a plugin can be little more than another one with an embedding and a model that comes with
    it: the plugin that a bundle names need not be the one whose default model the bundle is.
    """

    def default_embedding(self) -> str:
        """Give the name of the embedding to train on if the user names none."""


@runtime_checkable
class SharesEmbedding(Protocol):
    """A plugin that trains others has this if its members may take an embedding."""

    @property
    def embedding_option(self) -> str:
        """Give the name of the training option by which the members get it."""


@runtime_checkable
class WantsCopies(Protocol):
    """A plugin has this method if it wants other altered copies than the default ones.

    The default ones are :data:`serfast.audio.augmentation.COPIES`.
    """

    def default_alterations(self) -> Sequence[Alteration]:
        """Give the alterations; each makes one altered copy of every recording for training."""


@runtime_checkable
class TrainingChoices(Protocol):
    """A plugin has these methods if its training has options."""

    def training_options(self) -> Mapping[str, Any]:
        """Give every option's name and value; JSON can hold the values."""

    def with_training_options(self, values: Mapping[str, str]) -> Plugin:
        """Give a plugin like this one in which these options have other values, given as text.

        Raises
        ------
        ParameterError
            If there is no such option, or a value breaks its rule.
        """


@runtime_checkable
class LongTraining(Protocol):
    """A plugin has this method if its training reports progress and can be interrupted."""

    def train_run(self, examples: Examples, run: Run) -> Weights:
        """Give the weights of ``train(examples, seed=run.seed)``, using the run's folder."""


@runtime_checkable
class TakesBound(Protocol):
    """A plugin has this method if an evaluation may give its models the bound of their doubts.

    A plugin whose training leaves speakers out itself needs no such bound. One that would have to
    train for hours to find it takes the one that an evaluation's speakers left out gave.
    """

    def with_bound(self, weights: Weights, bound: float) -> Weights:
        """Give weights whose classifier has `bound`, 0 to 1, as its `certain_above`.

        See :class:`serfast.models.Doubting`.
        """


@runtime_checkable
class TakesSharpness(Protocol):
    """A plugin has this method if an evaluation may say how sharp its probabilities should be.

    Training flattens or sharpens a network's probabilities, which then aren't the shares of answers
    that are right. Answers to speakers left out tell by how much.
    """

    def with_sharpness(self, weights: Weights, sharpness: float) -> Weights:
        """Give weights whose classifier's probabilities are ``p ** sharpness``, adding up to 1.

        Scores, `neutral_scores` and `class_scores` are `sharpness` times as large then
        (:class:`serfast.models.Adaptable`). `sharpness` is > 0.
        """


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
    """Give a plugin's default features, and its statistics if it takes vectors, else None."""
    with forks_wait:
        from .. import presets  # heavy: recognition has the spec of its bundle
    spec = plugin.default_spec() if isinstance(plugin, WantsFeatures) else presets.speech()
    return spec, presets.speech_statistics() if plugin.input == "vector" else None


def embedding_for(plugin: Plugin) -> str | None:
    """Give the name of a plugin's default embedding; None if it has none."""
    return plugin.default_embedding() if isinstance(plugin, WantsEmbedding) else None


def alterations_for(plugin: Plugin) -> Sequence[Alteration]:
    """Give the alterations with which a plugin is trained by default."""
    if isinstance(plugin, WantsCopies):
        return plugin.default_alterations()
    with forks_wait:
        from ..audio.augmentation import COPIES  # heavy: 3 MB that recognition doesn't need
    return COPIES


def options_of(plugin: Plugin) -> dict[str, Any]:
    """Give a plugin's options by name; the dictionary is empty if it has none."""
    return dict(plugin.training_options()) if isinstance(plugin, TrainingChoices) else {}


def similar(name: str, names: Iterable[str]) -> str:
    """Give what a message about a wrong option ends with: the most similar right one, if any.

    Examples
    --------
    >>> similar("epoch", ["width", "epochs"]), similar("gain", ["width", "epochs"])
    ("; did you mean 'epochs'?", '')
    """
    return checks.similar(name, names)


def with_options(name: str, plugin: Plugin, values: Mapping[str, str]) -> Plugin:
    """Give the plugin with these values of its options; without values it is the same plugin.

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
    """Train a plugin on examples; give its weights. It gets the whole run if it can use it."""
    if isinstance(plugin, LongTraining):
        return plugin.train_run(examples, run)
    run.tell(0, f"training on {len(examples)} examples")
    return plugin.train(examples, seed=run.seed)
