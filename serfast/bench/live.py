"""One process with many live streams: what a chunk costs, and whether all are served in time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from time import perf_counter, process_time, sleep
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..extractor import Extractor
from .child import ready
from .settings import Settings

if TYPE_CHECKING:
    from ..recognizer import Recognizer

__all__ = ["HOP", "WINDOW", "Served", "Streams", "event_streams", "live", "serve"]

WINDOW, HOP = 3.0, 0.5
"""Of a classifier's stream [s]: what it judges, and how often."""

MOST = 1_000_000
"""Chunks whose delays are kept: a longer run ends there, or many streams would fill the memory."""

Array = np.ndarray[Any, np.dtype[np.float64]]
Accept = Callable[[Any], object]


class Streams(NamedTuple):
    """Many streams, and what they are fed with."""

    accepts: list[Accept]
    chunks: list[Any]
    """One after the other, for all streams; after the last comes the first again."""


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
    """The processor's time."""


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
        ``us``: mean time of a chunk [µs], the loop's own included. Paced: ``delays``, from the
        moment a chunk is due until its rows or events are there [µs]; ``busy``: share of one
        processor's time.
    """
    if classifier is None:
        made = _rows(settings, streams)
    else:
        made = _events(settings, classifier, streams)
    ready()
    if paced:
        distance = settings.period / streams
        n_calls = max(streams, min(MOST, round(settings.seconds / distance)))
        calls = ((j * distance, j % streams, j // streams) for j in range(n_calls))
        served = serve(made, calls, n_calls)
        delays = np.round(1e6 * served.delays, 1).tolist()
        return {"delays": delays, "busy": served.busy / served.wall}
    return {"us": 1e6 * _cost(made, settings)}


def _rows(settings: Settings, streams: int) -> Streams:
    """Make streams of the whole row."""
    extractor = Extractor(settings.spec, settings.backend)
    room = settings.chunk // settings.spec.hop_length + 2 + settings.spec.lookahead
    out = np.empty((room, len(extractor.columns)), np.float32)
    accepts: list[Accept] = [partial(extractor.stream().accept, out=out) for _ in range(streams)]
    return Streams(accepts, _cut(settings.sound(10.0), settings.chunk))


def _events(settings: Settings, classifier: str, streams: int) -> Streams:
    """Make streams of a plugin's events."""
    from ..recognizer import Recognizer

    recognizer = Recognizer(classifier, settings.backend)
    return event_streams(recognizer, settings.sound(10.0), settings.chunk_ms, streams)


def event_streams(recognizer: Recognizer, sound: Any, chunk_ms: float, streams: int) -> Streams:
    """Make streams of events, each so far into the sound that their decisions are spread."""
    rate = recognizer.spec.sample_rate
    accepts: list[Accept] = []
    for i in range(streams):
        stream = recognizer.stream(window=WINDOW, hop=HOP, gate_db=None)
        stream.accept(np.resize(sound, round((WINDOW + HOP * i / streams) * rate)))
        accepts.append(stream.accept)
    return Streams(accepts, _cut(sound, max(1, round(chunk_ms / 1000 * rate))))


def _cut(sound: Any, size: int) -> list[Any]:
    """Cut a signal into chunks of one size."""
    return [sound[at : at + size].copy() for at in range(0, max(1, len(sound) - size + 1), size)]


def _cost(made: Streams, settings: Settings) -> float:
    """Time of a chunk [s], over whole hops of every stream, so that decisions count in full."""
    accepts, chunks = made
    rounds = max(1, round(HOP / settings.period))
    n_rounds, begun = 0, perf_counter()
    while perf_counter() < begun + settings.seconds:
        for k in range(n_rounds, n_rounds + rounds):
            chunk = chunks[k % len(chunks)]
            for accept in accepts:
                accept(chunk)
        n_rounds += rounds
    return (perf_counter() - begun) / (n_rounds * len(accepts))


def serve(made: Streams, calls: Iterable[tuple[float, int, int]], n_calls: int) -> Served:
    """Give streams their chunks in real time.

    Parameters
    ----------
    made : Streams
    calls : iterable of (float, int, int)
        When, from now on [s], which stream gets which chunk, by their numbers; in order.
    n_calls : int
        How many calls there are.
    """
    accepts, chunks = made
    delays, taken, gave = np.empty(n_calls), np.empty(n_calls), np.empty(n_calls, np.bool_)
    busy, zero = process_time(), perf_counter()
    for j, (moment, i, k) in enumerate(calls):
        due = zero + moment
        begun = perf_counter()
        if begun < due:
            sleep(due - begun)
            begun = perf_counter()
        found = accepts[i](chunks[k % len(chunks)])
        done = perf_counter()
        delays[j], taken[j], gave[j] = done - due, done - begun, bool(found)
    return Served(delays, taken, gave, perf_counter() - zero, process_time() - busy)
