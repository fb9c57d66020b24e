"""What a classifier is: the contract of a trained model, whole or step by step.

``serfast.testing.check_classifier`` is this contract as a test.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np

from ..errors import ParameterError
from ..features.spec import FeatureSpec

__all__ = ["Classifier", "Input", "StreamingClassifier", "check_input"]

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
    get the same answer. :class:`serfast.streaming.steps.Steps` divides rows into steps.

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
