"""One process with many live streams: what a chunk costs, and whether all are served in time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import perf_counter, process_time, sleep
from typing import Any, NamedTuple

import numpy as np

from ..extractor import Extractor
from .process import ready
from .settings import Settings

__all__ = ["HOP", "WINDOW", "live"]

WINDOW, HOP = 3.0, 0.5
"""Of a classifier's stream [s]: what it judges, and how often."""

MOST = 1_000_000
"""Chunks whose delays are kept: a longer run ends there, or many streams would fill the memory."""

Accept = Callable[[Any], object]


class Streams(NamedTuple):
    """Many streams, and what they are fed with."""

    accepts: list[Accept]
    chunks: list[Any]


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
        served = _serve(made, n_calls, distance)
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
    """Make streams of events, each so far into its signal that their decisions are spread."""
    from ..recognizer import Recognizer

    recognizer = Recognizer(classifier, settings.backend)
    rate = recognizer.spec.sample_rate
    sound = settings.sound(10.0)
    accepts: list[Accept] = []
    for i in range(streams):
        stream = recognizer.stream(window=WINDOW, hop=HOP, gate_db=None)
        stream.accept(np.resize(sound, round((WINDOW + HOP * i / streams) * rate)))
        accepts.append(stream.accept)
    return Streams(accepts, _cut(sound, max(1, round(settings.chunk_ms / 1000 * rate))))


def _cut(sound: Any, size: int) -> list[Any]:
    """Cut a signal into chunks of one size."""
    return [sound[at : at + size].copy() for at in range(0, max(1, len(sound) - size + 1), size)]


def _cost(made: Streams, settings: Settings) -> float:
    """Time of a chunk [s], over whole hops of every stream, so that decisions count in full."""
    calls, wall = 0, 0.0
    hop = len(made.accepts) * max(1, round(HOP / settings.period))
    while wall < settings.seconds:
        wall += _serve(made, hop, 0.0).wall
        calls += hop
    return wall / calls


class Served(NamedTuple):
    """How a run went [s]."""

    delays: np.ndarray[Any, np.dtype[np.float64]]
    """From the moment that each chunk was due until the call returned."""
    wall: float
    busy: float
    """The processor's time."""


def _serve(made: Streams, n_calls: int, distance: float) -> Served:
    """Give every stream its chunks in turn, call j no sooner than j · distance [s]."""
    accepts, chunks, n = made.accepts, made.chunks, len(made.accepts)
    delays = np.empty(n_calls)
    busy, zero = process_time(), perf_counter()
    for j in range(n_calls):
        due = zero + j * distance
        now = perf_counter()
        if now < due:
            sleep(due - now)
        accepts[j % n](chunks[j // n % len(chunks)])
        delays[j] = perf_counter() - due
    return Served(delays, perf_counter() - zero, process_time() - busy)
