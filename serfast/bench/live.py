"""One process with many live streams: what a chunk costs, and whether all are served in time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from time import perf_counter, process_time, sleep
from typing import Any, NamedTuple

import numpy as np

from ..extractor import Extractor
from ..recognizer import Recognizer
from .child import ready
from .laps import waited_share
from .settings import RECORDING, Settings, chunk_length, cut, sound

__all__ = ["HOP", "WINDOW", "Served", "Streams", "event_streams", "live", "serve"]

WINDOW, HOP = 3.0, 0.5
"""How long a piece a classifier's stream judges, and after how long the next one [s]."""

PROMPT = 0.1
"""An event is in time if it is there so soon after its chunk [s].

A large encoder needs longer for a decision than a chunk of 10 ms lasts; meanwhile chunks wait.
"""

MOST = 1_000_000
"""Chunks whose delays are kept: a longer run ends there, or many streams would fill the memory."""

STEP = 0.016 if sys.platform == "win32" and sys.version_info < (3, 11) else 0.0
"""How much too long a sleep may be [s]: older Pythons on Windows wake at the system's ticks."""

Array = np.ndarray[Any, np.dtype[np.float64]]
Accept = Callable[[Any], object]


class Streams(NamedTuple):
    """Many streams, and what they are fed with."""

    accepts: list[Accept]
    chunks: list[Any]
    """All streams get them one after the other; after the last comes the first again."""
    period: float
    """Time from one chunk of a stream to its next [s]."""
    deadline: float
    """A chunk is served in time if its call returns so long after it was due, or sooner [s]."""


class Served(NamedTuple):
    """How a run went: the first three are of every call in order, the others of the whole run."""

    delays: Array
    """Time from the moment that the chunk was due until the call returned [s]."""
    taken: Array
    """Time that the call took [s]."""
    gave: np.ndarray[Any, np.dtype[np.bool_]]
    """Whether the call gave rows or events."""
    wall: float
    """Time that the run took [s]."""
    busy: float
    """Time that the processor worked, without what was spent waiting for a chunk [s]."""


def live(settings: Settings, classifier: str | None, streams: int, paced: bool) -> dict[str, Any]:
    """Feed many streams of rows or, with a classifier, of events, and measure how it goes.

    Their chunks come one after the other at equal distances, as those of phone calls do that began
    at any moment; a classifier's decisions are spread over its hop. Every decision is made, since
    there is no gate.

    Parameters
    ----------
    settings : Settings
    classifier : str or None
        Name of a plugin; None feeds streams of rows only.
    streams : int
        How many streams there are.
    paced : bool
        Whether they are fed in real time, which gives the delay of every chunk. Otherwise they are
        fed without pauses, which gives what a chunk costs.

    Returns
    -------
    dict
        ``period``: from one chunk of a stream to its next [s]; ``deadline``: the delay up to which
        a chunk is in time [s]; ``waited``: share of the time in which the process wanted the
        processor and didn't have it (when paced, at least so much).
        Without pauses also ``us``: a chunk's mean processor time [µs], the loop's included. In real
        time also ``delays``: from the moment a chunk is due until its rows or events are there
        [µs]; ``busy``: share of one processor's time.
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
        figures = {"delays": delays, "busy": served.busy / served.wall}
        waited = waited_share(float(served.taken.sum()), served.busy)
    else:
        cost, waited = _cost(made, settings.seconds)
        figures = {"us": 1e6 * cost}
    return {**figures, "period": made.period, "deadline": made.deadline, "waited": waited}


def _rows(settings: Settings, streams: int) -> Streams:
    """Make streams of the whole row."""
    extractor = Extractor(settings.spec, settings.backend)
    out = settings.rows_of_a_chunk()
    accepts: list[Accept] = [partial(extractor.stream().accept, out=out) for _ in range(streams)]
    period = settings.chunk / settings.spec.sample_rate
    return Streams(accepts, cut(settings.recording(), settings.chunk), period, period)


def _events(settings: Settings, classifier: str, streams: int) -> Streams:
    """Make streams of a plugin's events."""
    recognizer = Recognizer(classifier, settings.backend)
    recording = sound(RECORDING, recognizer.spec.sample_rate)
    return event_streams(recognizer, recording, settings.chunk_ms, streams)


def event_streams(recognizer: Recognizer, recording: Any, chunk_ms: float, streams: int) -> Streams:
    """Make streams of events that have heard so much that their decisions are spread over the hop.

    The recording has the model's sample rate, and so have the chunks.
    """
    rate = recognizer.spec.sample_rate
    accepts: list[Accept] = []
    for i in range(streams):
        stream = recognizer.stream(window=WINDOW, hop=HOP, gate_db=None)
        stream.accept(np.resize(recording, round((WINDOW + HOP * i / streams) * rate)))
        accepts.append(stream.accept)
    size = chunk_length(chunk_ms, rate)
    return Streams(accepts, cut(recording, size), size / rate, max(size / rate, PROMPT))


def _cost(made: Streams, seconds: float) -> tuple[float, float]:
    """Measure a chunk's processor time [s], and the share of the time without a processor.

    Every stream is fed with whole hops, so that the cost of its decisions is counted fully.
    """
    rounds = max(1, round(HOP / made.period))
    n_rounds, begun, busy = 0, perf_counter(), process_time()
    # on Windows the time of a processor is counted in steps of 16 ms
    while perf_counter() < begun + seconds or process_time() == busy:
        for k in range(n_rounds, n_rounds + rounds):
            chunk = made.chunks[k % len(made.chunks)]
            for accept in made.accepts:
                accept(chunk)
        n_rounds += rounds
    spent, wall = process_time() - busy, perf_counter() - begun
    return spent / (n_rounds * len(made.accepts)), waited_share(wall, spent)


def serve(
    made: Streams,
    calls: Iterable[tuple[float, int, int]],
    n_calls: int,
    awake: float = STEP,
) -> Served:
    """Give streams their chunks in real time, and measure every call.

    Parameters
    ----------
    made : Streams
    calls : iterable of (float, int, int)
        For each call in order: its moment from now on [s], the number of a stream, the number of
        its chunk.
    n_calls : int
        How many calls there are.
    awake : float
        How long before a call [s] the process stays awake. A core that has slept is slower at
        first; with infinity it never sleeps.
    """
    accepts, chunks = made.accepts, made.chunks
    delays, taken, gave = np.empty(n_calls), np.empty(n_calls), np.empty(n_calls, np.bool_)
    spun, busy, zero = 0.0, process_time(), perf_counter()
    for j, (moment, i, k) in enumerate(calls):
        due = zero + moment
        begun = perf_counter()
        if begun < due:
            spun += _wait(due, awake)
            begun = perf_counter()
        result = accepts[i](chunks[k % len(chunks)])
        done = perf_counter()
        delays[j], taken[j], gave[j] = done - due, done - begun, bool(result)
    return Served(delays, taken, gave, perf_counter() - zero, process_time() - busy - spun)


def _wait(due: float, awake: float) -> float:
    """Sleep until it is due, except for the last moments, and give the time spent awake [s]."""
    left = due - perf_counter() - awake
    if left > 0:
        sleep(left)
    if not awake:
        return 0.0
    woken = perf_counter()
    while (now := perf_counter()) < due:
        pass
    return now - woken
