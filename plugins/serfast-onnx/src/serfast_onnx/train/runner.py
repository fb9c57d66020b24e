"""The two graphs under onnxruntime, as training needs them: to compare and to calibrate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import onnxruntime

from serfast.errors import ModelError

from ..card import MEMBER, Card

__all__ = ["Runner"]

Array = np.ndarray[Any, Any]


class Runner:
    """Runs the graphs that :func:`serfast_onnx.train.export.members_of` wrote.

    Parameters
    ----------
    members : mapping of str to bytes
    """

    def __init__(self, members: Mapping[str, bytes]) -> None:
        step = Card.from_bytes(members[MEMBER]).step
        if step is None:
            raise ModelError("card must have a step, got none")
        self._step = step
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        providers = ["CPUExecutionProvider"]
        self._whole, self._stepwise = (
            onnxruntime.InferenceSession(members[name], options, providers=providers)
            for name in ("model.onnx", "step.onnx")
        )

    @property
    def stride(self) -> int:
        """Rows per step."""
        return self._step.rows

    def whole(self, rows: Array) -> Array:
        """Probabilities of a recording's rows (n_rows, n_columns)."""
        (batch,) = self._whole.run(["probabilities"], {"rows": self.fitting(rows)})
        return np.asarray(batch[0])

    def steps(self, rows: Array) -> list[Array]:
        """Probabilities after every step."""
        return [probabilities for _, probabilities in self._walk(rows)]

    def feeds(self, rows: Array) -> list[dict[str, Array]]:
        """What each step is given: rows and states."""
        return [inputs for inputs, _ in self._walk(rows)]

    def _walk(self, rows: Array) -> Iterator[tuple[dict[str, Array], Array]]:
        states = {s.input: np.full(s.shape, s.initial, np.float32) for s in self._step.states}
        x = self.fitting(rows)
        for begin in range(0, x.shape[1], self._step.rows):
            inputs = {"rows": x[:, begin : begin + self._step.rows], **states}
            probabilities, *after = self._stepwise.run(list(self._step.outputs), inputs)
            states = dict(zip(states, after, strict=True))
            yield inputs, probabilities[0]

    def fitting(self, rows: Array) -> Array:
        """As many rows as fill steps, at least one step: (1, n, n_columns)."""
        missing = max(0, self._step.rows - len(rows))
        longer = np.pad(rows, ((0, missing), (0, 0)), mode="edge")
        return longer[np.newaxis, : len(longer) // self._step.rows * self._step.rows]
