"""Events: what a recognizer says of a signal that is still arriving, window after window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _checks as checks
from ._calls import probabilities_of
from .classifier import Classifier
from .gate import MEMORY, EnergyGate
from .running import Recent, SlidingWindow
from .samples import as_samples
from .spec import FeatureSpec
from .statistics import PreparedStatistics, Statistics
from .stream import Stream

__all__ = ["Event", "EventStream", "Plan"]

Array = np.ndarray[Any, Any]

MAX_APERIODICITY = 0.3
"""Rows up to it are voiced, if the model has no statistics that say otherwise."""

NOTHING = np.empty(0, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Event:
    """What a recognizer says of one window."""

    start: float
    """Where the window begins [s]."""
    end: float
    """Where it ends [s]."""
    label: str
    """The most probable class."""
    probabilities: dict[str, float]
    """Of every class; they add up to 1."""
    voiced: float | None
    """Share of the window's rows that are voiced; None for a model without `aperiodicity`."""


@dataclass(frozen=True)
class Plan:
    """When to judge and of what; checked, in rows."""

    window: int
    hop: int
    memory: int
    """Rows in which the gate looks for the background."""
    gate: EnergyGate | None
    smoothing: float
    """Time constant [s]."""
    sample_rate: float
    """Of the chunks [Hz]."""

    @classmethod
    def of(
        cls,
        spec: FeatureSpec,
        *,
        window: float,
        hop: float,
        gate_db: float | None,
        smoothing: float,
        sample_rate: float,
    ) -> Plan:
        """Make the plan for rows of this spec.

        Raises
        ------
        ParameterError
            If an argument breaks its rule, or a gate has no column `rms` to go by.
        """
        per_second = spec.sample_rate / spec.hop_length
        if gate_db is not None and "rms" not in spec.columns:
            checks.fail("gate_db", "None for a model without the column rms", gate_db)
        n_rows = _rows("window", window, per_second)
        return cls(
            window=n_rows,
            hop=_rows("hop", hop, per_second),
            memory=max(n_rows, math.ceil(MEMORY * per_second)),
            gate=None if gate_db is None else EnergyGate(gate_db),
            smoothing=checks.number("smoothing", smoothing, minimum=0),
            sample_rate=sample_rate,
        )


class EventStream:
    """The emotions in a signal that is still arriving; made by :meth:`serfast.Recognizer.stream`.

    Every `hop` the last `window` is judged, as soon as its last row is there. A window without
    speech (see :class:`serfast.gate.EnergyGate`) gives no event. The events are the same however
    the signal is divided into chunks.

    Private state: one thread at a time. Different streams don't touch each other.
    """

    __slots__ = (
        *("_classifier", "_ended", "_levels", "_loudness", "_n_seen", "_plan", "_previous"),
        *("_plugin", "_recent", "_samples", "_sliding", "_statistics", "_stream", "_vector"),
        "_voicing",
    )

    def __init__(
        self,
        classifier: Classifier,
        plugin: str,
        statistics: Statistics | None,
        vector: PreparedStatistics | None,
        stream: Stream,
        plan: Plan,
    ) -> None:
        columns = stream.columns
        self._classifier, self._plugin = classifier, plugin
        self._statistics, self._vector = statistics, vector
        self._stream, self._plan = stream, plan
        self._loudness = columns.index("rms") if plan.gate else 0
        self._voicing = columns.index("aperiodicity") if "aperiodicity" in columns else None
        self._recent = Recent(plan.window, len(columns))
        self._levels = Recent(plan.memory + plan.window, 1)
        self._sliding = SlidingWindow(plan.window, plan.hop)
        self._samples = _Samples()
        self._n_seen, self._ended = 0, False
        self._previous: tuple[float, Array] | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that it tells apart."""
        return self._classifier.classes

    def accept(self, chunk: Any) -> list[Event]:
        """Take the next samples; give the events of the windows that they complete.

        Parameters
        ----------
        chunk : array_like of float32, float64 or int16, shape (n,)
            n >= 0.

        Returns
        -------
        list of Event

        Raises
        ------
        ParameterError
            If the chunk is bad, as in :meth:`serfast.Stream.accept`: the stream then goes on as
            if it hadn't come.
        ModelError
            If the model gives anything but probabilities for a window, or fails: the stream goes
            on with the next window.
        SerfastError
            After `flush`.
        """
        room = self._recent.room
        n = self._stream.accept(chunk, out=room)
        self._n_seen += len(chunk)
        if self._classifier.input == "samples":
            self._samples.append(chunk)
        events = self._judged(n)
        while n == len(room):
            room = self._recent.room
            n = self._stream.accept(NOTHING, out=room)
            events += self._judged(n)
        return events

    def flush(self) -> list[Event]:
        """End the signal; give the events that are left.

        The last one is of the last `window`, or of everything if there is less, unless another
        window has ended within half a `hop` of there.
        """
        if self._ended:
            return []
        self._ended = True
        events: list[Event] = []
        n = 1
        while n:
            n = self._stream.flush(out=self._recent.room)
            events += self._judged(n)
        rest = self._sliding.rest(self._recent.n_rows)
        return events if rest is None else events + self._events(*rest)

    def reset(self) -> None:
        """Forget everything: the next chunk begins a new signal."""
        self._stream.reset()
        for part in (self._recent, self._levels, self._sliding, self._samples):
            part.reset()
        self._n_seen, self._ended = 0, False
        self._previous = None

    def _judged(self, n: int) -> list[Event]:
        """Count n new rows; give the events of the windows that they complete."""
        if self._plan.gate:
            self._levels.extend(self._recent.room[:n, self._loudness : self._loudness + 1])
        self._recent.add(n)
        n_rows = self._recent.n_rows
        events = [e for window in self._sliding.due(n_rows) for e in self._events(*window)]
        self._samples.forget((n_rows - self._plan.window) * self._stream.spec.hop_length)
        return events

    def _events(self, start: int, stop: int) -> list[Event]:
        """Give the event of the window of these rows, if it holds speech."""
        if not self._has_speech(start, stop):
            return []
        hop, rate = self._stream.spec.hop_length, self._stream.spec.sample_rate
        end = stop * hop / rate
        if self._ended:
            end = min(end, self._n_seen / self._plan.sample_rate)
        rows = self._recent.between(start, stop)
        x = self._input(start, stop)
        probabilities = probabilities_of(self._classifier, x, self._plugin)
        probabilities = self._smoothed(end, probabilities)
        table = dict(zip(self.classes, probabilities.tolist(), strict=True))
        label = max(table, key=table.__getitem__)
        return [Event(start * hop / rate, end, label, table, self._voiced(rows))]

    def _has_speech(self, start: int, stop: int) -> bool:
        plan = self._plan
        if plan.gate is None:
            return True
        levels = self._levels.between(max(0, stop - plan.memory), stop)[:, 0]
        return plan.gate.opens(levels, stop - start, len(levels) == plan.memory)

    def _input(self, start: int, stop: int) -> Array:
        """Make what the classifier takes of a window; see :func:`serfast.recognizer.inputs_of`."""
        if self._classifier.input == "samples":
            hop = self._stream.spec.hop_length
            # up to the next row; that far, or only as far as this row's own frame, has been heard
            missing = 0 if self._ended else max(0, hop - self._stream.latency.samples)
            return self._samples.between(start * hop, stop * hop - missing)
        rows = self._recent.between(start, stop)
        return rows.copy() if self._vector is None else self._vector(rows)

    def _smoothed(self, end: float, probabilities: Array) -> Array:
        """Mix in the last event's probabilities, the less the longer ago it was."""
        if self._plan.smoothing and self._previous is not None:
            share = math.exp((self._previous[0] - end) / self._plan.smoothing)
            probabilities = share * self._previous[1] + (1 - share) * probabilities
        self._previous = end, probabilities
        return probabilities

    def _voiced(self, rows: Array) -> float | None:
        if self._voicing is None:
            return None
        own = self._statistics
        most = MAX_APERIODICITY if own is None else own.max_aperiodicity
        return float(np.count_nonzero(rows[:, self._voicing] <= most) / len(rows))


class _Samples:
    """The latest samples, numbered from the beginning, for classifiers that take them."""

    __slots__ = ("_begin", "_samples")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._begin, self._samples = 0, NOTHING

    def append(self, chunk: Any) -> None:
        if len(chunk):
            self._samples = np.concatenate([self._samples, as_samples(chunk)])

    def forget(self, begin: int) -> None:
        """Forget what lies before sample `begin`."""
        if begin > self._begin and len(self._samples):
            self._samples = self._samples[begin - self._begin :]
            self._begin = begin

    def between(self, start: int, stop: int) -> Array:
        """Copy samples `start` to `stop` - 1, or to the last one if there are fewer."""
        return self._samples[max(0, start - self._begin) : stop - self._begin].copy()


def _rows(name: str, seconds: Any, per_second: float) -> int:
    """Turn a duration into rows, at least one."""
    return max(1, round(checks.number(name, seconds, above=0, maximum=3600) * per_second))
