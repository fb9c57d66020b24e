"""What a classifier is, and what a plugin is: the contracts between serfast and what plugs in.

A plugin is one object, announced in the entry-point group ``serfast.classifiers``. It trains on
examples, giving weights as plain arrays and files, and makes a classifier out of a bundle that
holds them. serfast does the rest: features, statistics, speakers, measuring, storing.
``serfast.testing.check_plugin`` and ``check_classifier`` are these contracts as tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np

from .errors import ParameterError
from .spec import FeatureSpec

if TYPE_CHECKING:
    from .bundle import Bundle

__all__ = [
    *("Classifier", "Examples", "Input", "Plugin", "StreamingClassifier", "Weights"),
    "check_input",
]

Input: TypeAlias = Literal["vector", "rows", "samples"]
"""What a classifier takes: the statistics' vector, float64 (d,); the extractor's rows, float32
(n_rows, n_columns); or the samples themselves, float32 (n,), at the spec's sample rate."""


@runtime_checkable
class Classifier(Protocol):
    """A trained model: immutable, and safe to call from many threads at once.

    One that takes vectors may have an attribute `uses`, an array of bool: entries of the vector
    where it is False are never looked at, so they aren't computed (and may be 0).
    """

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, in the order of the probabilities."""

    @property
    def input(self) -> Input:
        """What :meth:`predict_proba` takes."""

    @property
    def spec(self) -> FeatureSpec:
        """The features that it was trained on."""

    def predict_proba(self, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Probability of each class, float64 of shape (n_classes,), for one recording's `x`.

        Raises
        ------
        ParameterError
            If x has another shape than the classifier takes, or isn't finite.
        """


@runtime_checkable
class StreamingClassifier(Classifier, Protocol):
    """A classifier of rows that can also take them as they come, some at a time, with a state.

    After every step it says what :meth:`predict_proba` says, within 1e-5, of all rows so far. The
    rows at a recording's end that are short of a step, `predict_proba` leaves out; of a recording
    shorter than one step, it repeats the last row. So a stream that has ended and the recording
    get the same answer. :class:`serfast.steps.Steps` divides rows into steps.

    The classifier stays immutable and shared: whatever changes is in the state, one a stream.
    """

    @property
    def stride(self) -> int:
        """How many rows a step takes, >= 1."""

    def new_state(self) -> Any:
        """Make the state of a stream that begins: of a kind that only the classifier knows."""

    def step(self, rows: np.ndarray[Any, Any], state: Any) -> np.ndarray[Any, Any]:
        """Take the next rows of a stream; give the probabilities after them.

        Parameters
        ----------
        rows : ndarray of float32, shape (stride, n_columns)
        state : object
            Of this classifier's :meth:`new_state`; used by one thread at a time. It is moved on,
            unless an error is raised.

        Returns
        -------
        ndarray of float64, shape (n_classes,)

        Raises
        ------
        ParameterError
            If rows have another shape or aren't finite, or the state is of another classifier.
        """


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
    backend : str or None
        What computed the features; None: the one that is the default.
    """

    inputs: Sequence[np.ndarray[Any, Any]] | np.ndarray[Any, Any]
    labels: np.ndarray[Any, Any]
    speakers: np.ndarray[Any, Any]
    altered: np.ndarray[Any, Any]
    names: tuple[str, ...] = ()
    spec: FeatureSpec | None = None
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


def check_input(x: object, shape: tuple[int | None, ...], dtype: type[np.floating[Any]]) -> Any:
    """`x` as a finite array of this dtype and shape (None: any size), or a ParameterError.

    For a plugin's ``predict_proba``.

    Examples
    --------
    >>> check_input([0.5, 1.0], (2,), np.float64)
    array([0.5, 1. ])
    """
    try:
        array = np.asarray(x, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"x must be an array of numbers, got {type(x).__name__}") from error
    fits = array.ndim == len(shape) and all(
        want is None or want == have for want, have in zip(shape, array.shape, strict=True)
    )
    if not fits or array.size == 0:
        sizes = ", ".join("n" if size is None else str(size) for size in shape)
        comma = "," * (len(shape) == 1)
        raise ParameterError(f"x must be of shape ({sizes}{comma}), got {array.shape}")
    if not np.isfinite(array).all():
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ParameterError(f"x must be finite, got {array[index]} at index {index}")
    return array
