"""Events are made of a window that slides over the signal; each window is judged by itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..backends.stream import Stream
from ..models.classifier import Classifier
from ..models.plugin_calls import probabilities_of
from ..statistics.statistics import PreparedStatistics, Statistics
from .events import MAX_APERIODICITY, EventStream, Plan
from .gate import enough
from .recent_samples import RecentSamples
from .sliding_window import SlidingWindow

__all__ = ["WindowStream"]

Array = np.ndarray[Any, Any]


class WindowStream(EventStream):
    """It makes an event of the last `window` every `hop`, if that window holds speech."""

    __slots__ = ("_classifier", "_plugin", "_samples", "_sliding", "_vector")

    def __init__(
        self,
        classifier: Classifier,
        plugin: str,
        statistics: Statistics | None,
        vector: PreparedStatistics | None,
        stream: Stream,
        plan: Plan,
    ) -> None:
        most = MAX_APERIODICITY if statistics is None else statistics.max_aperiodicity
        super().__init__(stream, plan, plan.window, most)
        self._classifier, self._plugin, self._vector = classifier, plugin, vector
        self._sliding = SlidingWindow(plan.window, plan.hop)
        self._samples = RecentSamples()

    @property
    def classes(self) -> tuple[str, ...]:
        return self._classifier.classes

    def reset(self) -> None:
        super().reset()
        self._sliding.reset()
        self._samples.reset()

    def _due(self, n_rows: int) -> None:
        for start, stop in self._sliding.due(n_rows):
            self._judge(start, stop)
        self._samples.forget((n_rows - self._plan.window) * self._stream.spec.hop_length)

    def _rest(self, n_rows: int) -> None:
        """Judge the window that :meth:`SlidingWindow.rest` gives for the signal's end."""
        rest = self._sliding.rest(n_rows)
        if rest is not None:
            self._judge(*rest)

    def _heard(self, chunk: Any) -> None:
        if self._classifier.input == "samples":
            self._samples.append(chunk)

    def _judge(self, start: int, stop: int) -> None:
        """Make the event of the window of these rows, if it holds speech."""
        gate = self._plan.gate
        if gate is not None and not enough(self._loud(gate, stop, stop - start)):
            return
        try:
            x = self._input(start, stop)
            probabilities = probabilities_of(self._classifier, x, self._plugin)
        except Exception as error:  # only this window is lost; the stream goes on
            self._failed(error)
            return
        n_voiced = self._voiced(self._recent.between(start, stop))
        self._event(start, stop, probabilities, n_voiced)

    def _input(self, start: int, stop: int) -> Array:
        """Make the classifier's input from a window (:mod:`serfast.models.inputs`)."""
        if self._classifier.input == "samples":
            hop = self._stream.spec.hop_length
            # The window ends where the next row begins. Samples have arrived that far, or only as
            # far as the frame of the window's last row reaches.
            missing = 0 if self._ended else max(0, hop - self._stream.latency.samples)
            return self._samples.between(start * hop, stop * hop - missing)
        rows = self._recent.between(start, stop)
        return rows.copy() if self._vector is None else self._vector(rows)
