"""Events are made of an utterance so far; the classifier keeps its state and sees each row once.

When a tenth of the last second's rows are loud, an utterance begins with the first of these loud
rows. It ends when no row of the last second is loud (see :class:`serfast.streaming.EnergyGate`).
Then the state begins anew. Without a gate, the whole signal is one utterance.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..backends.stream import Stream
from ..models.classifier import StreamingClassifier
from ..models.judge import Judge
from .events import MAX_APERIODICITY, EventStream, Plan
from .gate import enough
from .steps import Steps

__all__ = ["PAUSE", "UtteranceStream"]

Array = np.ndarray[Any, Any]

PAUSE = 1.0
"""After this much quiet an utterance ends; its beginning is looked for in a window as long [s]."""


class _Utterance:
    """It holds what is known about the utterance so far."""

    __slots__ = ("judged", "n_voiced", "probabilities", "start", "steps", "stop")

    def __init__(self, start: int, steps: Steps) -> None:
        self.start = start
        self.steps = steps
        self.stop = start
        """This is the row after the last step's rows."""
        self.judged = start
        """This is the row after the last event's rows."""
        self.n_voiced = 0
        self.probabilities: Array | None = None


class UtteranceStream(EventStream):
    """It makes an event of the utterance so far every `hop`, rounded to whole steps.

    At the utterance's end it makes another one, if the last one is more than half a hop ago.
    """

    __slots__ = ("_classifier", "_hop", "_looked", "_utterance")

    def __init__(
        self, classifier: StreamingClassifier, judge: Judge, stream: Stream, plan: Plan
    ) -> None:
        super().__init__(judge, stream, plan, plan.window + classifier.stride, MAX_APERIODICITY)
        self._classifier = classifier
        self._hop = max(1, round(plan.hop / classifier.stride)) * classifier.stride
        self._looked = 0
        self._utterance: _Utterance | None = None

    def reset(self) -> None:
        super().reset()
        self._looked = 0
        self._utterance = None

    def _heard(self, chunk: Any) -> None:
        """Keep nothing: the rows are all that is needed."""

    def _due(self, n_rows: int) -> None:
        """Look at every stride-th row from the signal's beginning, so that chunks don't matter."""
        while self._looked + self._classifier.stride <= n_rows:
            self._looked += self._classifier.stride
            self._at(self._looked)

    def _rest(self, n_rows: int) -> None:
        if not n_rows:
            return
        self._at(n_rows)
        utterance = self._utterance
        if utterance is not None and utterance.stop == utterance.start < n_rows:  # not one step
            self._step(utterance, n_rows)
        self._end()

    def _at(self, row: int) -> None:
        """Begin, continue or end an utterance, looking at the rows before this one."""
        gate, utterance = self._plan.gate, self._utterance
        if gate is None:
            utterance = utterance or self._begin(0)
        else:
            loud = self._loud(gate, row, self._plan.window)
            if utterance is None and enough(loud):
                utterance = self._begin(row - len(loud) + int(loud.argmax()))
            elif utterance is None or not loud.any():
                self._end()
                return
        stride = self._classifier.stride
        while utterance.stop + stride <= row:
            utterance = self._step(utterance, utterance.stop + stride)
            if utterance.stop - utterance.judged == self._hop:
                self._judge(utterance)

    def _begin(self, row: int) -> _Utterance:
        self._utterance = _Utterance(row, Steps(self._classifier, self._model.plugin))
        return self._utterance

    def _step(self, utterance: _Utterance, stop: int) -> _Utterance:
        """Take the utterance one step on, to row `stop`; give the utterance that goes on.

        That is another one if the model fails, because a failed state can't be used again. At the
        end of the signal the rows may be fewer than a step has.
        """
        rows = self._recent.between(utterance.stop, stop)
        try:
            after = utterance.steps.accept(rows)
            utterance.probabilities = (after if len(after) else utterance.steps.flush())[0]
        except Exception as error:  # a plugin may raise anything; `_failed` keeps it for the caller
            self._failed(error)
            return self._begin(stop)
        utterance.n_voiced += self._voiced(rows)
        utterance.stop = stop
        return utterance

    def _end(self) -> None:
        """End the utterance, if there is one, and make its last event."""
        utterance, self._utterance = self._utterance, None
        if utterance is None:
            return
        left = utterance.stop - utterance.judged
        if utterance.judged == utterance.start or left > self._hop / 2:
            self._judge(utterance)

    def _judge(self, utterance: _Utterance) -> None:
        """Make the event of the utterance so far, if there was a step."""
        if utterance.probabilities is None:
            return
        utterance.judged = utterance.stop
        n_voiced, probabilities = utterance.n_voiced, utterance.probabilities
        try:
            strangeness = self._model.strangeness_so_far(utterance.steps.state)
        except Exception as error:  # only this event is lost; the utterance goes on
            self._failed(error)
            return
        self._event(utterance.start, utterance.stop, probabilities, n_voiced, strangeness)
