"""Events of an utterance so far: the classifier's state goes on, and no row is judged twice.

An utterance begins with the first loud row of the last second once a tenth of that second's rows
are loud, and ends when a second has had none (see :class:`serfast.streaming.EnergyGate`);
then the state begins anew. Without a gate, the whole signal is one utterance.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..backends.stream import Stream
from ..models.classifier import StreamingClassifier
from .events import MAX_APERIODICITY, EventStream, Plan
from .gate import enough
from .steps import Steps

__all__ = ["PAUSE", "UtteranceStream"]

Array = np.ndarray[Any, Any]

PAUSE = 1.0
"""How long it must be quiet for an utterance to end [s]; and where its beginning is looked for."""


class _Utterance:
    """What is known of the utterance so far."""

    __slots__ = ("judged", "n_voiced", "probabilities", "start", "steps", "stop")

    def __init__(self, start: int, steps: Steps) -> None:
        self.start = start
        self.steps = steps
        self.stop = start
        """The row after the last step's."""
        self.judged = start
        """The row after the last event's."""
        self.n_voiced = 0
        self.probabilities: Array | None = None


class UtteranceStream(EventStream):
    """Every `hop`, in whole steps, the utterance from its beginning.

    At its end there is another event, if the last one is more than half a hop ago.
    """

    __slots__ = ("_classifier", "_hop", "_looked", "_plugin", "_utterance")

    def __init__(
        self, classifier: StreamingClassifier, plugin: str, stream: Stream, plan: Plan
    ) -> None:
        super().__init__(stream, plan, plan.window + classifier.stride, MAX_APERIODICITY)
        self._classifier, self._plugin = classifier, plugin
        self._hop = max(1, round(plan.hop / classifier.stride)) * classifier.stride
        self._looked = 0
        self._utterance: _Utterance | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        return self._classifier.classes

    def reset(self) -> None:
        super().reset()
        self._looked = 0
        self._utterance = None

    def _heard(self, chunk: Any) -> None:
        """Rows are all that is needed."""

    def _due(self, n_rows: int) -> None:
        """Look every stride rows, counted from the signal's beginning, for any chunks."""
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
        """Begin, end or go on with an utterance, of the rows before this one."""
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
        self._utterance = _Utterance(row, Steps(self._classifier, self._plugin))
        return self._utterance

    def _step(self, utterance: _Utterance, stop: int) -> _Utterance:
        """Give the utterance its rows up to `stop`: a step, or the end of the signal.

        The utterance that goes on: a new one if the model fails.
        """
        rows = self._recent.between(utterance.stop, stop)
        try:
            found = utterance.steps.accept(rows)
            utterance.probabilities = (found if len(found) else utterance.steps.flush())[0]
        except Exception as error:  # its state can't be gone on with
            self._failed(error)
            return self._begin(stop)
        utterance.n_voiced += self._voiced(rows)
        utterance.stop = stop
        return utterance

    def _end(self) -> None:
        """End the utterance, if there is one, with its last event."""
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
        self._event(utterance.start, utterance.stop, probabilities, n_voiced)
