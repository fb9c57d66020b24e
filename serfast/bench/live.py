"""One process with many live streams: what a chunk costs, and whether all are served in time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from time import perf_counter, process_time, sleep
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..extractor import Extractor
from .child import ready
from .settings import RECORDING, Settings, chunk_length, sound

if TYPE_CHECKING:
    from ..recognizer import Recognizer

__all__ = ["HOP", "WINDOW", "Served", "Streams", "event_streams", "live", "serve"]

WINDOW, HOP = 3.0, 0.5
"""Of a classifier's stream [s]: what it judges, and how often."""

MOST = 1_000_000
"""Chunks whose delays are kept: a longer run ends there, or many streams would fill the memory."""

STEP = 0.016 if sys.platform == "win32" and sys.version_info < (3, 11) else 0.0
"""What a sleep may be too long by [s]: older Pythons on Windows wake at the system's ticks."""

Array = np.ndarray[Any, np.dtype[np.float64]]
Accept = Callable[[Any], object]


class Streams(NamedTuple):
    """Many streams, and what they are fed with."""

    accepts: list[Accept]
    chunks: list[Any]
    """One after the other, for all streams; after the last comes the first again."""
    period: float
    """From one chunk of a stream to its next [s]."""


class Served(NamedTuple):
    """How a run went: of every call in order, and as a whole [s]."""

    delays: Array
    """From the moment that the chunk was due until the call returned."""
    taken: Array
    """In the call."""
    gave: np.ndarray[Any, np.dtype[np.bool_]]
    """Whether it gave rows or events."""
    wall: float
    busy: float
    """The processor's time, without what was spent waiting for a chunk."""


def live(settings: Settings, classifier: str | None, streams: int, paced: bool) -> dict[str, Any]:
    """Feed many streams of rows or, with a classifier, of events.

    Their chunks come one after the other at equal distances, as those of calls that began at any
    moment do; a classifier's decisions are spread over its hop. Every decision is made: no gate.

    Parameters
    ----------
    settings : Settings
    classifier : str or None
        A plugin; None: rows only.
    streams : int
        How many.
    paced : bool
        Whether in real time, which gives the delay of every chunk; else without pauses, which
        gives what a chunk costs.

    Returns
    -------
    dict
        ``period``: from one chunk of a stream to its next [s]; ``waited``: share of the time in
        which the process wanted the processor and hadn't it (paced: at least).
        Not paced: ``us``: a chunk's mean processor time [µs], the loop's own included. Paced:
        ``delays``, from the moment a chunk is due until its rows or events are there [µs];
        ``busy``: share of one processor's time.
    """
    if classifier is None:
        made = _rows(settings, streams)
    else:
        made = _events(settings, classifier, streams)
    ready()
    if paced:
        distance = made.period / streams
        n_calls = max(streams, min(MOST, round(settings.seconds / distance)))
        calls = ((j * distance, j % streams, j // streams) for j in range(n_calls))
        served = serve(made, calls, n_calls)
        delays = np.round(1e6 * served.delays, 1).tolist()
        found = {"delays": delays, "busy": served.busy / served.wall}
        waited = 1 - served.busy / served.taken.sum()
    else:
        cost, waited = _cost(made, settings.seconds)
        found = {"us": 1e6 * cost}
    return {**found, "period": made.period, "waited": max(0.0, float(waited))}


def _rows(settings: Settings, streams: int) -> Streams:
    """Make streams of the whole row."""
    extractor = Extractor(settings.spec, settings.backend)
    room = settings.chunk // settings.spec.hop_length + 2 + settings.spec.lookahead
    out = np.empty((room, len(extractor.columns)), np.float32)
    accepts: list[Accept] = [partial(extractor.stream().accept, out=out) for _ in range(streams)]
    period = settings.chunk / settings.spec.sample_rate
    return Streams(accepts, _cut(settings.recording(), settings.chunk), period)


def _events(settings: Settings, classifier: str, streams: int) -> Streams:
    """Make streams of a plugin's events."""
    from ..recognizer import Recognizer

    recognizer = Recognizer(classifier, settings.backend)
    recording = sound(RECORDING, recognizer.spec.sample_rate)
    return event_streams(recognizer, recording, settings.chunk_ms, streams)


def event_streams(recognizer: Recognizer, recording: Any, chunk_ms: float, streams: int) -> Streams:
    """Make streams of events, each so far into the recording that their decisions are spread.

    The recording is at the model's own rate, and so are the chunks.
    """
    rate = recognizer.spec.sample_rate
    accepts: list[Accept] = []
    for i in range(streams):
        stream = recognizer.stream(window=WINDOW, hop=HOP, gate_db=None)
        stream.accept(np.resize(recording, round((WINDOW + HOP * i / streams) * rate)))
        accepts.append(stream.accept)
    size = chunk_length(chunk_ms, rate)
    return Streams(accepts, _cut(recording, size), size / rate)


def _cut(recording: Any, size: int) -> list[Any]:
    """Cut a signal into chunks of one size."""
    starts = range(0, max(1, len(recording) - size + 1), size)
    return [recording[at : at + size].copy() for at in starts]


def _cost(made: Streams, seconds: float) -> tuple[float, float]:
    """Processor time of a chunk [s], and the share of the time without a processor.

    Over whole hops of every stream, so that decisions count in full.
    """
    rounds = max(1, round(HOP / made.period))
    n_rounds, begun, busy = 0, perf_counter(), process_time()
    # on Windows a processor's time has steps of 16 ms
    while perf_counter() < begun + seconds or process_time() == busy:
        for k in range(n_rounds, n_rounds + rounds):
            chunk = made.chunks[k % len(made.chunks)]
            for accept in made.accepts:
                accept(chunk)
        n_rounds += rounds
    spent, wall = process_time() - busy, perf_counter() - begun
    return spent / (n_rounds * len(made.accepts)), 1 - spent / wall


def serve(
    made: Streams,
    calls: Iterable[tuple[float, int, int]],
    n_calls: int,
    awake: float = STEP,
) -> Served:
    """Give streams their chunks in real time.

    Parameters
    ----------
    made : Streams
    calls : iterable of (float, int, int)
        When, from now on [s], which stream gets which chunk, by their numbers; in order.
    n_calls : int
        How many calls there are.
    awake : float
        So long before a call [s] it doesn't sleep any more. A core that has slept is slower at
        first; infinity lets it never sleep.
    """
    accepts, chunks, _ = made
    delays, taken, gave = np.empty(n_calls), np.empty(n_calls), np.empty(n_calls, np.bool_)
    spun, busy, zero = 0.0, process_time(), perf_counter()
    for j, (moment, i, k) in enumerate(calls):
        due = zero + moment
        begun = perf_counter()
        if begun < due:
            spun += _wait(due, awake)
            begun = perf_counter()
        found = accepts[i](chunks[k % len(chunks)])
        done = perf_counter()
        delays[j], taken[j], gave[j] = done - due, done - begun, bool(found)
    return Served(delays, taken, gave, perf_counter() - zero, process_time() - busy - spun)


def _wait(due: float, awake: float) -> float:
    """Sleep until then, but for the last moments; give the time that was spent awake [s]."""
    left = due - perf_counter() - awake
    if left > 0:
        sleep(left)
    if not awake:
        return 0.0
    woken = perf_counter()
    while (now := perf_counter()) < due:
        pass
    return now - woken
