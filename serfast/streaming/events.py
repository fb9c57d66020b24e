"""Events tell what a recognizer hears in a signal that is still arriving."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from .. import _checks as checks
from ..audio.samples import as_vector
from ..backends.stream import ResetAfterBlock, Stream
from ..features.spec import FeatureSpec
from ..models.judge import Judge
from .chunk_resampler import ChunkResampler
from .gate import MEMORY, EnergyGate
from .recent_rows import Recent

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["MAX_APERIODICITY", "Event", "EventStream", "Plan"]

Array = np.ndarray[Any, Any]

MAX_APERIODICITY = 0.3
"""A row with at most this aperiodicity is voiced, unless the model's statistics have a limit."""

NOTHING = np.empty(0, dtype=np.float32)


@dataclass(frozen=True)
class Event:
    """An event tells what a recognizer hears in one window, or in an utterance so far."""

    start: float
    """This is the time at which the window or utterance begins [s]."""
    end: float
    """This is the time at which it ends [s]."""
    label: str
    """This is the most probable class."""
    probabilities: dict[str, float]
    """Every class has its probability here; the probabilities add up to 1."""
    voiced: float | None
    """This share of its rows is voiced, 0 to 1; it is None for a model without `aperiodicity`."""
    uncertain: bool = False
    """The model says that it doesn't know, as in :class:`serfast.recognizer.Result`."""

    def __setstate__(self, state: dict[str, Any] | list[Any]) -> None:
        """Take what a pickle holds; one of former times holds a list, without `uncertain`."""
        names = (field.name for field in fields(self))
        values = state if isinstance(state, dict) else dict(zip(names, state, strict=False))
        self.__dict__.update(values)


@dataclass(frozen=True)
class Plan:
    """A plan says when events are made and from how many rows; its values have been checked."""

    window: int
    """The gate looks for speech in this many rows."""
    hop: int
    """An event follows the one before it after this many rows."""
    memory: int
    """The gate looks for the background in this many rows."""
    gate: EnergyGate | None
    smoothing: float
    """This is the time constant with which probabilities are smoothed [s]."""
    sample_rate: float
    """This is the sample rate of the chunks [Hz]."""

    @classmethod
    def for_rows(
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


class EventStream(ResetAfterBlock):
    """A stream gives the emotions in a signal that is still arriving, as events.

    :meth:`serfast.Recognizer.stream` makes it. Every `hop` it makes an event, as soon as the
    event's last row is there. The event is about the last `window`
    (:mod:`serfast.streaming.window_events`) or about the utterance so far
    (:mod:`serfast.streaming.utterance_events`). Where there is no speech (see
    :class:`serfast.streaming.EnergyGate`) there is no event. The events are the same however the
    signal is divided into chunks.

    The state is private: one thread may use a stream at a time. Different streams share no state.

    Notes
    -----
    A chunk costs its feature rows; an event costs the model's decision as well. The stream keeps
    a bounded number of rows, and for a classifier of samples as many samples.
    """

    __slots__ = (
        *("_ended", "_failure", "_levels", "_limit", "_loudness", "_model", "_n_seen", "_plan"),
        *("_previous", "_ready", "_recent", "_resampler", "_stream", "_voicing"),
    )

    def __init__(
        self, judge: Judge, stream: Stream, plan: Plan, kept: int, max_aperiodicity: float
    ) -> None:
        columns = stream.columns
        self._model, self._stream, self._plan = judge, stream, plan
        self._loudness = columns.index("rms") if plan.gate else 0
        self._voicing = columns.index("aperiodicity") if "aperiodicity" in columns else None
        self._limit = max_aperiodicity
        self._recent = Recent(kept, len(columns))
        self._levels = Recent(plan.memory + kept, 1)
        self._n_seen, self._ended = 0, False
        self._previous: tuple[float, Array] | None = None
        self._ready: list[Event] = []
        self._failure: Exception | None = None
        self._resampler: ChunkResampler | None = None

    def resampling(self, resampler: ChunkResampler) -> Self:
        """Have chunks resampled before anything else; give this stream, which hasn't begun."""
        self._resampler = resampler
        return self

    @property
    def classes(self) -> tuple[str, ...]:
        """Give the classes that the model tells apart."""
        return self._model.classes

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
            If the chunk is bad, as in :meth:`serfast.Stream.accept`. The stream then goes on as
            if the chunk hadn't come.
        ModelError
            If the model fails, or gives anything but probabilities. The chunk has been used to
            its end all the same: the stream went on with the next window or a new utterance, and
            the events of these come with the next call. If the model failed several times, the
            first error is raised.
        SerfastError
            If the call comes after `flush`.
        """
        chunk = as_vector(chunk, "chunk")
        resampler = None if self._ended else self._resampler  # after the end the stream refuses it
        self._advance(chunk if resampler is None else resampler(chunk))
        self._n_seen += len(chunk)
        return self._given()

    def flush(self) -> list[Event]:
        """End the signal; give the events that are left.

        The last event ends with the signal, unless another one has ended within half a `hop` of
        there. A signal that is shorter than one of the features' frames gives no event.

        Raises
        ------
        ModelError
            If the model fails, as in `accept`. Another call of `flush` gives the events.
        """
        spec, ended = self._stream.spec, self._ended
        self._ended = True
        heard = self._n_seen * spec.sample_rate / self._plan.sample_rate
        if ended or heard < max(spec.frame_lengths):
            return self._given()
        if self._resampler is not None:
            self._advance(self._resampler.rest())
        n = 1
        while n:
            n = self._stream.flush(out=self._recent.room)
            self._judged(n)
        self._rest(self._recent.n_rows)
        return self._given()

    def reset(self) -> None:
        """Forget everything: the next chunk begins a new signal."""
        self._stream.reset()
        if self._resampler is not None:
            self._resampler.reset()
        self._recent.reset()
        self._levels.reset()
        self._n_seen, self._ended = 0, False
        self._previous = None
        self._ready, self._failure = [], None

    def __repr__(self) -> str:
        spec, plan = self._stream.spec, self._plan
        window, hop = (n * spec.hop_length / spec.sample_rate for n in (plan.window, plan.hop))
        heard = self._n_seen / plan.sample_rate
        return (
            f"<{type(self).__name__} of {', '.join(self.classes)}: window {window:g} s, "
            f"hop {hop:g} s, {heard:.2f} s heard at {plan.sample_rate:g} Hz>"
        )

    def __reduce__(self) -> NoReturn:
        raise TypeError("an event stream can't be pickled: make a new one of a recognizer")

    @abstractmethod
    def _due(self, n_rows: int) -> None:
        """Make the events that are due after `n_rows` rows, each of them once."""

    @abstractmethod
    def _rest(self, n_rows: int) -> None:
        """Make the last events, after the due ones; the signal has `n_rows` rows in all."""

    @abstractmethod
    def _heard(self, chunk: Any) -> None:
        """Keep a chunk's samples if they will be needed again."""

    def _advance(self, samples: Any) -> None:
        """Take the next samples at the stream's rate; make the events that they complete."""
        room = self._recent.room
        n = self._stream.accept(samples, out=room)
        self._heard(samples)
        self._judged(n)
        while n == len(room):
            room = self._recent.room
            n = self._stream.accept(NOTHING, out=room)
            self._judged(n)

    def _judged(self, n: int) -> None:
        """Count n new rows; make the events that they complete."""
        if self._plan.gate:
            self._levels.extend(self._recent.room[:n, self._loudness : self._loudness + 1])
        self._recent.add(n)
        self._due(self._recent.n_rows)

    def _failed(self, error: Exception) -> None:
        """Keep the first error of a model; `_given` raises it when the chunk has been judged."""
        self._failure = self._failure or error

    def _given(self) -> list[Event]:
        """Give the events made since the last call; raise a kept error first, without them."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        events, self._ready = self._ready, []
        return events

    def _loud(self, gate: EnergyGate, stop: int, window: int) -> Array:
        """Tell for each of the `window` rows before row `stop` whether the gate finds it loud."""
        levels = self._levels.between(max(0, stop - self._plan.memory), stop)[:, 0]
        return gate.loud(levels, window, len(levels) == self._plan.memory)

    def _event(
        self,
        start: int,
        stop: int,
        probabilities: Array,
        n_voiced: int,
        strangeness: float | None = None,
    ) -> None:
        """Make the event of rows `start` to `stop` - 1, of which `n_voiced` are voiced."""
        hop, rate = self._stream.spec.hop_length, self._stream.spec.sample_rate
        end = stop * hop / rate
        if self._ended:
            end = min(end, self._n_seen / self._plan.sample_rate)
        table = dict(zip(self.classes, self._smoothed(end, probabilities).tolist(), strict=True))
        label = max(table, key=table.__getitem__)
        voiced = None if self._voicing is None else n_voiced / (stop - start)
        uncertain = self._model.reason(table[label], strangeness) is not None
        self._ready.append(Event(start * hop / rate, end, label, table, voiced, uncertain))

    def _voiced(self, rows: Array) -> int:
        """Count the voiced rows."""
        if self._voicing is None:
            return 0
        return int(np.count_nonzero(rows[:, self._voicing] <= self._limit))

    def _smoothed(self, end: float, probabilities: Array) -> Array:
        """Give the probabilities mixed with the last event's; older ones have less weight."""
        if self._plan.smoothing and self._previous is not None:
            share = math.exp((self._previous[0] - end) / self._plan.smoothing)
            probabilities = share * self._previous[1] + (1 - share) * probabilities
        self._previous = end, probabilities
        return probabilities


def rows_of(name: str, seconds: Any, per_second: float) -> int:
    """Give the number of rows in a duration, at least 1."""
    return max(1, round(checks.number(name, seconds, above=0, maximum=3600) * per_second))
