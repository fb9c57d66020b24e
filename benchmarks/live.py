"""Many live streams in one process, fed in real time: how soon their decisions are there.

    python -m benchmarks.live [--streams 600] [--seconds 60] [--chunk-ms 20] [--sleep]
                              [RECORDING ...]

Every stream gets its next chunk when a microphone would have it, and judges the last 3 s every
0.5 s with the default model. The streams begin at random moments, as calls do, and their decisions
are spread over the 0.5 s; their first window is filled before the clock starts. A decision's delay
is from the moment its chunk is due to the moment its event is returned: waiting for other streams
counts. `serfast bench` serves its live streams by the same code (serfast/bench/live.py).

One thread does it all. Between chunks it stays awake; with --sleep it sleeps, as a service would,
and what comes after is slower: others had the caches, and the clock was low. The gate is off, so
that every window costs a decision. It doesn't show what receiving the chunks from a network would
cost.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

import serfast
from serfast.bench.histogram import quantiles
from serfast.bench.live import Served, event_streams, serve

from . import RESULTS
from .conditions import machine, sentence
from .process import in_child
from .recordings import speech

IN_TIME = 0.020
"""A decision is in time if it is there so soon after its chunk [s]."""


def schedule(n_streams: int, n_chunks: int, period: float) -> Iterator[tuple[float, int, int]]:
    """Give each call in order: its moment [s], the number of its stream, the number of its chunk.

    Each stream begins at a random moment of the first period, at a random place in the sound.
    """
    random = np.random.default_rng(0)
    begins, places = random.uniform(0, period, n_streams), random.integers(0, 1000, n_streams)
    order = np.argsort(begins)
    for k in range(n_chunks):  # a list of millions would be searched by the garbage collector
        for i in order:
            yield begins.item(i) + k * period, int(i), int(places[i]) + k


def report(served: Served) -> str:
    """Describe in a few lines how it went."""
    delay = served.delays[served.gave]
    rows = served.taken[~served.gave]
    cost = served.taken[served.gave] - np.median(rows)
    in_time = delay <= IN_TIME
    return "\n".join(
        [
            f"{len(delay)} decisions, {100 * in_time.mean():.3f} % within 20 ms of their chunk",
            f"delay: {_quantiles(delay, 1e3)} ms",
            f"a decision beside the rows: {_quantiles(cost, 1e6)} µs",
            f"a chunk without a decision: {_quantiles(rows, 1e6)} µs",
            f"one core busy for {100 * served.taken.sum() / served.wall:.0f} % of the time",
        ]
    )


def _quantiles(values: np.ndarray[Any, Any], unit: float) -> str:
    named = quantiles(values)
    return ", ".join(f"{name} {unit * named[name]:.1f}" for name in ("p50", "p99", "max"))


def measure(
    recordings: list[str], n_streams: int, seconds: float, chunk_ms: float, awake: bool
) -> str:
    """Serve the streams and describe how it went; this runs in the child."""
    recognizer = serfast.Recognizer("svm")
    y = speech(recordings, 60.0, int(recognizer.spec.sample_rate))
    streams = event_streams(recognizer, y, chunk_ms, n_streams)
    period = chunk_ms / 1000
    n_chunks = round(seconds / period)
    calls = schedule(n_streams, n_chunks, period)
    return report(serve(streams, calls, n_streams * n_chunks, math.inf if awake else 0.0))


def main() -> None:
    """Print how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recordings", nargs="*", metavar="RECORDING")
    parser.add_argument("--streams", type=int, default=600)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--chunk-ms", type=float, default=20.0)
    parser.add_argument("--sleep", action="store_true", help="sleep between chunks")
    parser.add_argument("--save", action="store_true", help="write results/live.txt")
    arguments = parser.parse_args()
    n, seconds, chunk_ms = arguments.streams, arguments.seconds, arguments.chunk_ms
    between = "asleep" if arguments.sleep else "awake"
    about = f"{n} streams, {seconds:g} s, chunks of {chunk_ms:g} ms, {between}"
    conditions = sentence(machine())
    lines = in_child(
        "live.measure", arguments.recordings, n, seconds, chunk_ms, not arguments.sleep
    )
    text = f"{about}; {conditions}\n{lines}"
    if arguments.save:
        (RESULTS / "live.txt").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
