"""One chunk in, the rows that it completes out: how long each call takes, by itself."""

from __future__ import annotations

from array import array
from itertools import cycle
from time import perf_counter, perf_counter_ns, process_time
from typing import Any

import numpy as np

from ..extractor import Extractor
from .histogram import histogram, quantiles
from .settings import Settings

__all__ = ["latency"]

WARM_UP = 500
MOST = 5_000_000
"""Calls, so that an hour's measurement doesn't take all memory."""


def latency(settings: Settings) -> dict[str, Any]:
    """Measure every call of one stream that is fed without a pause.

    Returns
    -------
    dict
        ``chunks``: calls; ``us``: their quantiles [µs]; ``histogram``; ``waited``.
    """
    stream = Extractor(settings.spec, settings.backend).stream()
    room = settings.chunk // settings.spec.hop_length + 2 + settings.spec.lookahead
    out = np.empty((room, len(stream.columns)), np.float32)
    sound, size = settings.recording(), settings.chunk
    starts = range(0, max(1, len(sound) - size + 1), size)
    chunks = cycle([sound[start : start + size].copy() for start in starts])
    for _ in range(WARM_UP):
        stream.accept(next(chunks), out)
    taken = array("q")
    begun, busy = perf_counter(), process_time()
    while perf_counter() < begun + settings.seconds and len(taken) < MOST:
        for _ in range(100):
            chunk = next(chunks)
            start = perf_counter_ns()
            stream.accept(chunk, out)
            taken.append(perf_counter_ns() - start)
    waited = 1 - (process_time() - busy) / (perf_counter() - begun)
    us = np.frombuffer(taken, np.int64) / 1000
    return {
        "chunks": len(us),
        "us": quantiles(us),
        "histogram": histogram(us),
        "waited": max(0.0, waited),
    }
