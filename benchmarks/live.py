"""Many live streams in one process, fed in real time: when are their decisions there.

    python -m benchmarks.live [--streams 600] [--seconds 60] [--chunk-ms 20] [--sleep]
                              [RECORDING ...]

Every stream gets its next chunk when a microphone would have it, and judges the last 3 s every
0.5 s with the default model. The streams begin at random moments, as calls do, and their decisions
are spread over the 0.5 s; their first window is filled before the clock starts. A decision's delay
is from the moment its chunk is due to the moment its event is returned: waiting for other streams
counts. `serfast bench` serves its live streams by the same code (serfast/bench/live.py).

One thread does it all. Between chunks it stays awake; with --sleep it sleeps, as a service would,
and what comes after is slower: caches and clock have been others'. The gate is off, so that every
window costs a decision. It doesn't show what receiving the chunks from a network would cost.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Iterator
from typing import Any

for _name in ("OMP", "MKL", "OPENBLAS"):
    os.environ.setdefault(f"{_name}_NUM_THREADS", "1")

import numpy as np  # noqa: E402 - after the number of threads is set

import serfast  # noqa: E402
from serfast.bench.live import Served, event_streams, serve  # noqa: E402

from . import RESULTS  # noqa: E402
from .conditions import machine, sentence  # noqa: E402
from .recordings import speech  # noqa: E402

IN_TIME = 0.020
"""A decision is in time if it is there so soon after its chunk [s]."""


def schedule(n_streams: int, n_chunks: int, period: float) -> Iterator[tuple[float, int, int]]:
    """When which stream gets which chunk: (moment [s], stream, chunk), in order.

    Each stream begins at a random moment of the first period, at a random place in the sound.
    """
    random = np.random.default_rng(0)
    begins, places = random.uniform(0, period, n_streams), random.integers(0, 1000, n_streams)
    order = np.argsort(begins)
    for k in range(n_chunks):  # not as lists: the collector would look through millions of them
        for i in order:
            yield begins.item(i) + k * period, int(i), int(places[i]) + k


def report(served: Served) -> str:
    """Say it in a few lines."""
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
    p50, p99, top = (unit * np.quantile(values, q) for q in (0.5, 0.99, 1))
    return f"p50 {p50:.1f}, p99 {p99:.1f}, max {top:.1f}"


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
    n, period = arguments.streams, arguments.chunk_ms / 1000
    recognizer = serfast.Recognizer("svm")
    y = speech(arguments.recordings, 60.0, int(recognizer.spec.sample_rate))
    made = event_streams(recognizer, y, arguments.chunk_ms, n)
    n_chunks = round(arguments.seconds / period)
    awake = 0.0 if arguments.sleep else math.inf
    served = serve(made, schedule(n, n_chunks, period), n * n_chunks, awake)
    between = "asleep" if arguments.sleep else "awake"
    about = f"{n} streams, {arguments.seconds:g} s, chunks of {arguments.chunk_ms:g} ms, {between}"
    said = f"{about}; {sentence(machine())}\n{report(served)}"
    if arguments.save:
        (RESULTS / "live.txt").write_text(said + "\n")
    print(said)


if __name__ == "__main__":
    main()
