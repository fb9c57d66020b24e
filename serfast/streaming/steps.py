"""Rows go in, in portions of any size; the probabilities after every step come out."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import SerfastError
from ..models.classifier import StreamingClassifier
from ..models.plugin_calls import calling, step_of
from .recent_rows import checked_rows

__all__ = ["Steps"]

Array = np.ndarray[Any, Any]


class Steps:
    """It runs one stream of rows through a classifier that has a state.

    The state is private: one thread may use it at a time. Different streams share no state.

    Parameters
    ----------
    classifier : StreamingClassifier
        Any number of streams may share it.
    plugin : str
        Messages name the plugin by this name.

    Notes
    -----
    After s steps the probabilities are those of ``classifier.predict_proba`` for the first
    ``s * stride`` rows, but for rounding: within 1e-5 in an utterance, while over hours a state in
    float32 may move further away. They have the same bits however the rows are divided into
    portions. Every row is used once, so a step costs the same at any time of the stream.
    """

    __slots__ = ("_classifier", "_columns", "_ended", "_n_steps", "_pending", "_plugin", "_state")

    _ended: bool
    _n_steps: int
    _pending: Array

    def __init__(self, classifier: StreamingClassifier, plugin: str = "") -> None:
        self._classifier, self._plugin = classifier, plugin
        self._columns = len(classifier.spec.columns)
        self.reset()

    @property
    def stride(self) -> int:
        """Give the number of rows that a step takes."""
        return self._classifier.stride

    @property
    def n_steps(self) -> int:
        """Give the number of steps since the beginning."""
        return self._n_steps

    @property
    def state(self) -> Any:
        """Give the state, inside which only the classifier looks."""
        return self._state

    def accept(self, rows: Any) -> Array:
        """Take the next rows; give the probabilities after each step that they complete.

        Parameters
        ----------
        rows : array_like of float32, shape (n, n_columns)
            n >= 0; float64 is rounded.

        Returns
        -------
        ndarray of float64, shape (n_steps, n_classes)

        Raises
        ------
        ParameterError
            If rows have another shape or aren't finite; the state is unchanged then.
        ModelError
            If the model fails or gives anything but probabilities. Then only `reset` helps.
        SerfastError
            If the call comes after `flush`, or after a ModelError.
        """
        if self._ended:
            raise SerfastError("reset() must come after flush() or an error before more rows")
        fresh = checked_rows(rows, self._columns)
        if len(self._pending):
            fresh = np.concatenate([self._pending, fresh])
        stride = self.stride
        probabilities = np.empty((len(fresh) // stride, len(self._classifier.classes)))
        self._ended = True  # it stays so if a step fails
        for i in range(len(probabilities)):
            probabilities[i] = self._step(fresh[i * stride : (i + 1) * stride])
        self._ended = False
        self._pending = fresh[len(probabilities) * stride :].copy()
        return probabilities

    def flush(self) -> Array:
        """End the stream; give one step's probabilities if there were rows, but too few for a step.

        The last row is then repeated until there are enough. In every other case nothing comes
        out, and rows after the last whole step aren't used.
        """
        least = not self._ended and not self._n_steps and len(self._pending)
        self._ended = True
        if not least:
            return np.empty((0, len(self._classifier.classes)))
        missing = self.stride - len(self._pending)
        rows = np.concatenate([self._pending, np.repeat(self._pending[-1:], missing, axis=0)])
        return self._step(rows)[None]

    def reset(self) -> None:
        """Forget everything: the next row begins a new stream."""
        with calling(self._plugin, "new_state"):
            self._state = self._classifier.new_state()
        self._pending = np.empty((0, self._columns), np.float32)
        self._n_steps, self._ended = 0, False

    def _step(self, rows: Array) -> Array:
        probabilities = step_of(self._classifier, rows, self._state, self._plugin)
        self._n_steps += 1
        return probabilities
