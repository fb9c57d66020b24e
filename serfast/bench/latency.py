"""How long a live stream's call takes: one chunk in, the rows that it completes out."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ..extractor import Extractor
from .histogram import histogram, quantiles
from .laps import call_times
from .settings import Settings, cut

__all__ = ["latency"]

WARM_UP = 500
MOST = 5_000_000
"""Calls at most, so that an hour's measurement doesn't take all memory."""


def latency(settings: Settings) -> dict[str, Any]:
    """Measure every call of one stream that is fed without a pause.

    Returns
    -------
    dict
        ``chunks``: calls; ``us``: their quantiles [µs]; ``histogram``; ``waited``.
    """
    stream = Extractor(settings.spec, settings.backend).stream()
    accept = partial(stream.accept, out=settings.rows_of_a_chunk())
    chunks = cut(settings.recording(), settings.chunk)
    times, waited = call_times(
        accept, chunks, warm_up=WARM_UP, calls=MOST, seconds=settings.seconds
    )
    us = np.frombuffer(times, np.int64) / 1000
    return {
        "chunks": len(us),
        "us": quantiles(us),
        "histogram": histogram(us),
        "waited": waited,
    }
