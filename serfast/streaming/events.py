"""Events: what a recognizer says of a signal that is still arriving, event after event."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from .. import _checks as checks
from ..backends.stream import Stream
from ..features.spec import FeatureSpec
from .gate import MEMORY, EnergyGate
from .recent_rows import Recent

__all__ = ["MAX_APERIODICITY", "Event", "EventStream", "Plan"]

Array = np.ndarray[Any, Any]

MAX_APERIODICITY = 0.3
"""Rows up to it are voiced, if the model has no statistics that say otherwise."""

NOTHING = np.empty(0, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Event:
    """What a recognizer says of one window, or of an utterance so far."""

    start: float
    """Where what is judged begins [s]."""
    end: float
    """Where it ends [s]."""
    label: str
    """The most probable class."""
    probabilities: dict[str, float]
    """Of every class; they add up to 1."""
    voiced: float | None
    """Share of its rows that are voiced; None for a model without `aperiodicity`."""


@dataclass(frozen=True)
class Plan:
    """When to judge and of what; checked, in rows."""

    window: int
    """Rows in which the gate looks for speech."""
    hop: int
    """Rows from event to event."""
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
        n_rows = rows_of("window", window, per_second)
        return cls(
            window=n_rows,
            hop=rows_of("hop", hop, per_second),
            memory=max(n_rows, math.ceil(MEMORY * per_second)),
            gate=None if gate_db is None else EnergyGate(gate_db),
            smoothing=checks.number("smoothing", smoothing, minimum=0),
            sample_rate=sample_rate,
        )


class EventStream(ABC):
    """The emotions in a signal that is still arriving; made by :meth:`serfast.Recognizer.stream`.

    Every `hop` there is an event, as soon as its last row is there: of the last `window`
    (:mod:`serfast.streaming.window_events`), or of the utterance so far
    (:mod:`serfast.streaming.utterance_events`). Where there is no speech (see
    :class:`serfast.streaming.EnergyGate`) there is none. The events are the same however the
    signal is divided into chunks.

    Private state: one thread at a time. Different streams don't touch each other.
    """

    __slots__ = (
        *("_ended", "_failure", "_levels", "_limit", "_loudness", "_n_seen", "_plan", "_previous"),
        *("_ready", "_recent", "_stream", "_voicing"),
    )

    def __init__(self, stream: Stream, plan: Plan, kept: int, max_aperiodicity: float) -> None:
        columns = stream.columns
        self._stream, self._plan = stream, plan
        self._loudness = columns.index("rms") if plan.gate else 0
        self._voicing = columns.index("aperiodicity") if "aperiodicity" in columns else None
        self._limit = max_aperiodicity
        self._recent = Recent(kept, len(columns))
        self._levels = Recent(plan.memory + kept, 1)
        self._n_seen, self._ended = 0, False
        self._previous: tuple[float, Array] | None = None
        self._ready: list[Event] = []
        self._failure: Exception | None = None

    @property
    @abstractmethod
    def classes(self) -> tuple[str, ...]:
        """The classes that it tells apart."""

    def accept(self, chunk: Any) -> list[Event]:
        """Take the next samples; give the events that they complete.

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
            If the model gives anything but probabilities, or fails. The chunk has been taken and
            judged to its end, in the next window or a new utterance; its events come with the
            next call. Of several errors the first is raised.
        SerfastError
            After `flush`.
        """
        room = self._recent.room
        n = self._stream.accept(chunk, out=room)
        self._n_seen += len(chunk)
        self._heard(chunk)
        self._judged(n)
        while n == len(room):
            room = self._recent.room
            n = self._stream.accept(NOTHING, out=room)
            self._judged(n)
        return self._given()

    def flush(self) -> list[Event]:
        """End the signal; give the events that are left.

        The last one is of the end of the signal, unless another has ended within half a `hop` of
        there. A signal shorter than one of the features' frames says nothing.

        Raises
        ------
        ModelError
            As in `accept`; another `flush` gives the events.
        """
        spec, ended = self._stream.spec, self._ended
        self._ended = True
        heard = self._n_seen * spec.sample_rate / self._plan.sample_rate
        if ended or heard < max(spec.frame_lengths):
            return self._given()
        n = 1
        while n:
            n = self._stream.flush(out=self._recent.room)
            self._judged(n)
        self._rest(self._recent.n_rows)
        return self._given()

    def reset(self) -> None:
        """Forget everything: the next chunk begins a new signal."""
        self._stream.reset()
        self._recent.reset()
        self._levels.reset()
        self._n_seen, self._ended = 0, False
        self._previous = None
        self._ready, self._failure = [], None

    def __reduce__(self) -> NoReturn:
        raise TypeError("an event stream can't be pickled: make a new one of a recognizer")

    @abstractmethod
    def _due(self, n_rows: int) -> None:
        """Make the events that are due after so many rows, each once."""

    @abstractmethod
    def _rest(self, n_rows: int) -> None:
        """Make the last events; n_rows are all, and the due ones made."""

    @abstractmethod
    def _heard(self, chunk: Any) -> None:
        """Take note of a chunk's samples, if they are needed again."""

    def _judged(self, n: int) -> None:
        """Count n new rows; make the events that they complete."""
        if self._plan.gate:
            self._levels.extend(self._recent.room[:n, self._loudness : self._loudness + 1])
        self._recent.add(n)
        self._due(self._recent.n_rows)

    def _failed(self, error: Exception) -> None:
        """Take note of what a model raised: `_given` raises the first, once all is judged."""
        self._failure = self._failure or error

    def _given(self) -> list[Event]:
        """Give the events made since the last call, or raise what failed and let them wait."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        events, self._ready = self._ready, []
        return events

    def _loud(self, gate: EnergyGate, stop: int, window: int) -> Array:
        """Which of the last `window` rows before row `stop` are louder than the background."""
        levels = self._levels.between(max(0, stop - self._plan.memory), stop)[:, 0]
        return gate.loud(levels, window, len(levels) == self._plan.memory)

    def _event(self, start: int, stop: int, probabilities: Array, n_voiced: int) -> None:
        """Make the event of rows `start` to `stop` - 1, of which so many are voiced."""
        hop, rate = self._stream.spec.hop_length, self._stream.spec.sample_rate
        end = stop * hop / rate
        if self._ended:
            end = min(end, self._n_seen / self._plan.sample_rate)
        table = dict(zip(self.classes, self._smoothed(end, probabilities).tolist(), strict=True))
        label = max(table, key=table.__getitem__)
        voiced = None if self._voicing is None else n_voiced / (stop - start)
        self._ready.append(Event(start * hop / rate, end, label, table, voiced))

    def _voiced(self, rows: Array) -> int:
        """Count the voiced rows."""
        if self._voicing is None:
            return 0
        return int(np.count_nonzero(rows[:, self._voicing] <= self._limit))

    def _smoothed(self, end: float, probabilities: Array) -> Array:
        """Mix in the last event's probabilities, the less the longer ago it was."""
        if self._plan.smoothing and self._previous is not None:
            share = math.exp((self._previous[0] - end) / self._plan.smoothing)
            probabilities = share * self._previous[1] + (1 - share) * probabilities
        self._previous = end, probabilities
        return probabilities


def rows_of(name: str, seconds: Any, per_second: float) -> int:
    """Turn a duration into rows, at least one."""
    return max(1, round(checks.number(name, seconds, above=0, maximum=3600) * per_second))
