"""Here is the contract of a trained model, which decides on whole recordings or in steps.

``serfast.testing.check_classifier`` tests whether a classifier keeps the contract.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np

from ..errors import ParameterError
from ..features.spec import FeatureSpec

__all__ = ["Classifier", "Input", "StreamingClassifier", "check_input"]

Input: TypeAlias = Literal["vector", "rows", "samples"]
"""A classifier takes one of three inputs.

"vector" is the vector of the statistics, float64 of shape (d,). "rows" are the rows of the
extractor, float32 of shape (n_rows, n_columns). "samples" are the samples themselves, float32 of
shape (n,), at the spec's sample rate.
"""


@runtime_checkable
class Classifier(Protocol):
    """A classifier is a trained model: immutable, and safe to call from many threads at once.

    A classifier of vectors may have an attribute `uses`, an array of bool. It never looks at the
    entries of the vector for which `uses` is False, so they aren't computed and may be 0.
    """

    @property
    def classes(self) -> tuple[str, ...]:
        """Give the classes in the order of the probabilities."""

    @property
    def input(self) -> Input:
        """Give the kind of input that :meth:`predict_proba` takes."""

    @property
    def spec(self) -> FeatureSpec:
        """Give the spec of the features that it was trained on."""

    def predict_proba(self, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Give the probability of each class for one recording, float64 of shape (n_classes,).

        Raises
        ------
        ParameterError
            If x has another shape than the classifier takes, or isn't finite.
        """


@runtime_checkable
class StreamingClassifier(Classifier, Protocol):
    """A streaming classifier takes rows as they come, some at a time, and keeps a state.

    After every step it gives what :meth:`predict_proba` gives for all rows so far, within 1e-5.
    `predict_proba` leaves out rows at the end that are too few for a step; if the recording is
    shorter than one step, it repeats the last row. So the end of a stream and the whole recording
    get the same answer. :class:`serfast.streaming.steps.Steps` divides rows into steps.

    The classifier stays immutable and shared. What changes is in the state; each stream has one.
    """

    @property
    def stride(self) -> int:
        """Give the number of rows that a step takes, >= 1."""

    def new_state(self) -> Any:
        """Make the state for the beginning of a stream; only the classifier looks inside it."""

    def step(self, rows: np.ndarray[Any, Any], state: Any) -> np.ndarray[Any, Any]:
        """Take the next rows of a stream; give the probabilities after them.

        Parameters
        ----------
        rows : ndarray of float32, shape (stride, n_columns)
        state : object
            This is a state from this classifier's :meth:`new_state`; one thread may use it at a
            time. The call changes it, unless an error is raised.

        Returns
        -------
        ndarray of float64, shape (n_classes,)

        Raises
        ------
        ParameterError
            If rows have another shape or aren't finite, or the state is another classifier's.
        """


def check_input(x: object, shape: tuple[int | None, ...], dtype: type[np.floating[Any]]) -> Any:
    """Give `x` as a finite array of this dtype and shape, or raise ParameterError.

    A None in the shape stands for any size. A plugin's ``predict_proba`` can call this first.

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
