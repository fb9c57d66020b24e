"""What a fresh process waits for, by the code of `serfast bench`; see start.py and backends.py.

This file works without serfast, whose import is part of what is measured.
"""

from __future__ import annotations

import time
from functools import cache
from statistics import median
from typing import Any

import numpy as np

from .child import bench_file, on_one_core
from .recordings import speech_like

__all__ = ["back_end_start", "start_times"]

RATE, HOP = 16000, 160
LATER = 20
"""Calls, and chunks, after the first one."""


def start_times() -> dict[str, float]:
    """Give the times of this fresh process [ms]."""
    on_one_core()
    y = np.random.default_rng(0).uniform(-1, 1, RATE).astype(np.float32)
    chunks = [y[HOP * i : HOP * (i + 1)] for i in range(1 + LATER)]
    first_calls = bench_file("first_calls").first_calls
    times = first_calls(
        lambda serfast: serfast.FeatureSpec(features=_default_features(serfast)),
        "native",
        y,
        extractors=2,
        calls=1 + LATER,
        chunks=chunks,
    )
    first, *later = times["call"]
    first_chunk, *later_chunks = times["chunk"]
    seconds = {
        "import": times["import"][0],
        "first extractor": times["extractor"][0],
        "second extractor": times["extractor"][1],
        "first call": first,
        "later calls": median(later),
        "warm-up": first - median(later),
        "stream": times["stream"][0],
        "first chunk": first_chunk,
        "later chunks": median(later_chunks),
    }
    return {name: 1e3 * value for name, value in seconds.items()}


@cache
def _default_features(serfast: Any) -> tuple[Any, ...]:
    energies = (serfast.RMS(), serfast.ZeroCrossingRate())
    return (*energies, serfast.LogMel(), serfast.MFCC(), serfast.YIN())


def back_end_start(backend: str) -> dict[str, float]:
    """Give the processor's seconds until the first call is over, and the memory then [MiB]."""
    first_calls = bench_file("first_calls").first_calls
    y = speech_like(1.0, RATE)
    times = first_calls(
        lambda serfast: serfast.presets.speech(), backend, y, clock=time.process_time
    )
    peak = bench_file("memory").memory()["peak"] / 2**20
    return {**{name: times[name][0] for name in ("import", "extractor", "call")}, "memory": peak}
