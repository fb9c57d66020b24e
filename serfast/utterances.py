"""Events of an utterance so far: the classifier's state goes on, and no row is judged twice.

An utterance begins with the first loud row of the last second once a tenth of that second's rows
are loud, and ends when a second has had none (see :class:`serfast.gate.EnergyGate`); then the state
begins anew. Without a gate, the whole signal is one utterance.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .classifier import StreamingClassifier
from .errors import SerfastError
from .events import MAX_APERIODICITY, Event, EventStream, Plan
from .gate import enough
from .steps import Steps
from .stream import Stream

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

    def _due(self, n_rows: int) -> list[Event]:
        """Look every stride rows, counted from the signal's beginning, for any chunks."""
        events = []
        while self._looked + self._classifier.stride <= n_rows:
            self._looked += self._classifier.stride
            events += self._at(self._looked, n_rows)
        return events

    def _rest(self, n_rows: int) -> list[Event]:
        if not n_rows:
            return []
        events = self._at(n_rows, n_rows)
        utterance = self._utterance
        if utterance is not None and utterance.stop == utterance.start < n_rows:  # not one step
            rows = self._recent.between(utterance.start, n_rows)
            utterance.steps.accept(rows)
            utterance.probabilities = utterance.steps.flush()[0]
            utterance.n_voiced = self._voiced(rows)
            utterance.stop = n_rows
        return events + self._end()

    def _at(self, row: int, n_rows: int) -> list[Event]:
        """Begin, end or go on with an utterance, of the rows before this one."""
        gate, utterance = self._plan.gate, self._utterance
        if gate is None:
            utterance = utterance or self._begin(0)
        else:
            loud = self._loud(gate, row, self._plan.window)
            if utterance is None and enough(loud):
                utterance = self._begin(row - len(loud) + int(loud.argmax()))
            elif utterance is None or not loud.any():
                return self._end()
        try:
            return self._stepped(utterance, row)
        except SerfastError:
            self._looked = n_rows
            self._begin(n_rows)
            raise

    def _begin(self, row: int) -> _Utterance:
        self._utterance = _Utterance(row, Steps(self._classifier, self._plugin))
        return self._utterance

    def _stepped(self, utterance: _Utterance, row: int) -> list[Event]:
        """Give the utterance the whole steps of rows before this one, and the events due."""
        stride, events = self._classifier.stride, []
        while utterance.stop + stride <= row:
            rows = self._recent.between(utterance.stop, utterance.stop + stride)
            utterance.probabilities = utterance.steps.accept(rows)[0]
            utterance.n_voiced += self._voiced(rows)
            utterance.stop += stride
            if utterance.stop - utterance.judged == self._hop:
                events.append(self._judge(utterance, utterance.probabilities))
        return events

    def _end(self) -> list[Event]:
        """End the utterance, if there is one; give its last event."""
        utterance, self._utterance = self._utterance, None
        if utterance is None or utterance.probabilities is None:
            return []
        left = utterance.stop - utterance.judged
        if utterance.judged > utterance.start and left <= self._hop / 2:
            return []
        return [self._judge(utterance, utterance.probabilities)]

    def _judge(self, utterance: _Utterance, probabilities: Array) -> Event:
        utterance.judged = utterance.stop
        return self._event(utterance.start, utterance.stop, probabilities, utterance.n_voiced)
