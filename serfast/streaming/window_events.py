"""Events are made of a window that slides over the signal; each window is judged by itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..backends.stream import Stream
from ..models.inputs import QUIET, EmbeddedVector, VectorMaker
from ..models.judge import Judge, is_strange
from ..statistics.statistics import Statistics
from .events import MAX_APERIODICITY, EventStream, Plan
from .gate import enough
from .recent_samples import RecentSamples
from .sliding_window import SlidingWindow
from .speaker_state import SpeakerState

__all__ = ["WindowStream"]

Array = np.ndarray[Any, Any]


class WindowStream(EventStream):
    """It makes an event of the last `window` every `hop`, if that window holds speech."""

    __slots__ = (
        *("_forgets", "_input_kind", "_keeps_samples", "_level", "_samples", "_sliding"),
        *("_speaker", "_vector"),
    )

    def __init__(
        self,
        judge: Judge,
        statistics: Statistics | None,
        vector: VectorMaker | None,
        stream: Stream,
        plan: Plan,
    ) -> None:
        most = MAX_APERIODICITY if statistics is None else statistics.max_aperiodicity
        super().__init__(judge, stream, plan, plan.window, most)
        self._input_kind, self._vector = judge.classifier.input, vector
        self._keeps_samples = self._input_kind == "samples" or isinstance(vector, EmbeddedVector)
        self._sliding = SlidingWindow(plan.window, plan.hop)
        self._samples = RecentSamples()
        self._level = stream.columns.index("rms") if "rms" in stream.columns else None
        self._speaker: SpeakerState | None = None
        self._forgets = False

    def adapting(self, speaker: SpeakerState, *, forgets: bool) -> WindowStream:
        """Adapt to this speaker from now on, whom `reset` forgets if `forgets`; give the stream."""
        self._speaker, self._forgets = speaker, forgets
        return self

    def reset(self) -> None:
        super().reset()
        if self._speaker is not None and self._forgets:
            self._speaker.reset()
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
        if self._keeps_samples:
            self._samples.append(chunk)

    def _judge(self, start: int, stop: int) -> None:
        """Make the event of the window of these rows, if it holds speech."""
        gate = self._plan.gate
        if gate is not None and not enough(self._loud(gate, stop, stop - start)):
            return
        rows = self._recent.between(start, stop)
        try:
            x = self._input(start, stop)
            strangeness = self._model.strangeness(x)
            probabilities = self._probabilities(x, rows, strangeness)
        except Exception as error:  # only this window is lost; the stream goes on
            self._failed(error)
            return
        self._event(start, stop, probabilities, self._voiced(rows), strangeness)

    def _probabilities(self, x: Array, rows: Array, strangeness: float | None) -> Array:
        """Ask the classifier about a window, adapted to the speaker if there is one.

        Windows that overlap share rows, so each counts for its new part only.
        """
        if self._speaker is None:
            return self._model.probabilities(x)
        weight = min(1.0, self._plan.hop / self._plan.window)
        learn = not is_strange(strangeness) and self._is_loud(x, rows)
        return self._speaker.probabilities(self._model.scores(x), weight, learn)

    def _is_loud(self, x: Array, rows: Array) -> bool:
        """Tell whether anything in a window is above -60 dB, as far as that can be told."""
        if self._input_kind == "samples":
            return bool(np.abs(x).max() >= QUIET)
        return self._level is None or bool(rows[:, self._level].max() >= QUIET)

    def _input(self, start: int, stop: int) -> Array:
        """Make the classifier's input from a window (:mod:`serfast.models.inputs`)."""
        if self._input_kind == "samples":
            return self._samples_of(start, stop)
        rows, vector = self._recent.between(start, stop), self._vector
        if isinstance(vector, EmbeddedVector):
            return vector(self._samples_of(start, stop), rows)
        return rows.copy() if vector is None else vector(rows)

    def _samples_of(self, start: int, stop: int) -> Array:
        """Give the samples of a window of rows.

        The window ends where the next row begins. Samples have arrived that far, or only as far as
        the frame of the window's last row reaches.
        """
        hop = self._stream.spec.hop_length
        missing = 0 if self._ended else max(0, hop - self._stream.latency.samples)
        return self._samples.between(start * hop, stop * hop - missing)
