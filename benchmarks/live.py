"""Many live streams in one process, fed in real time: when are their decisions there.

    python -m benchmarks.live [--streams 600] [--seconds 60] [--chunk-ms 20] [RECORDING ...]

Every stream gets its next chunk when a microphone would have it, and judges the last 3 s every
0.5 s with the default model. The streams begin at different moments, spread evenly over the 0.5 s,
as calls do; their first window is filled before the clock starts. A decision's delay is from the
moment its chunk is due to the moment its event is returned: waiting for other streams counts.

One thread does it all. The gate is off, so that every window costs a decision. It doesn't show
what receiving the chunks from a network would cost.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

for _name in ("OMP", "MKL", "OPENBLAS"):
    os.environ.setdefault(f"{_name}_NUM_THREADS", "1")

import numpy as np  # noqa: E402 - after the number of threads is set

import serfast  # noqa: E402

from . import RESULTS  # noqa: E402
from .conditions import machine, sentence  # noqa: E402
from .recordings import speech  # noqa: E402

WINDOW, HOP = 3.0, 0.5
IN_TIME = 0.020
"""A decision is in time if it is there so soon after its chunk [s]."""

RATE = 16000


class Times(NamedTuple):
    """Of every accept [s]."""

    delay: np.ndarray[Any, Any]
    """From the chunk being due to the return."""
    taken: np.ndarray[Any, Any]
    """In the call."""
    decided: np.ndarray[Any, Any]
    """Whether it returned an event."""


def schedule(n_streams: int, n_chunks: int, period: float) -> Iterator[tuple[float, int, int]]:
    """When which stream gets which chunk: (moment [s], stream, chunk), in order."""
    begins = np.arange(n_streams) * (HOP / n_streams)
    due = begins[:, None] + period * np.arange(1, n_chunks + 1)
    order = np.argsort(due, axis=None, kind="stable")
    streams, chunks = np.unravel_index(order, due.shape)
    for n, i in enumerate(order):  # not as lists: the collector would look through millions of them
        yield due.item(i), int(streams[n]), int(chunks[n])


def run(y: np.ndarray[Any, Any], n_streams: int, seconds: float, size: int) -> Times:
    """Feed the streams, each from another place in the signal, for so long."""
    recognizer = serfast.Recognizer("svm")
    streams = [recognizer.stream(window=WINDOW, hop=HOP, gate_db=None) for _ in range(n_streams)]
    places = np.random.default_rng(0).integers(0, len(y), n_streams).tolist()
    y = np.concatenate([y, y])
    begun = int(WINDOW * RATE)
    for stream, place in zip(streams, places, strict=True):
        stream.accept(np.resize(y[place:], begun))
    n_chunks = int(seconds * RATE / size)
    half = len(y) // 2 - size
    times = np.empty((3, n_streams * n_chunks))  # a growing list would keep the collector busy
    zero = time.perf_counter() + 0.1
    for n, (moment, i, k) in enumerate(schedule(n_streams, n_chunks, size / RATE)):
        place = (places[i] + k * size) % half
        chunk = y[place : place + size]
        due = zero + moment
        while (now := time.perf_counter()) < due:
            time.sleep(max(0.0, due - now - 0.0002))
        events = streams[i].accept(chunk)
        done = time.perf_counter()
        times[:, n] = done - due, done - now, bool(events)
    delay, taken, decided = times
    return Times(delay, taken, decided > 0)


def report(times: Times, seconds: float) -> str:
    """Say it in a few lines."""
    delay, rows = times.delay[times.decided], np.median(times.taken[~times.decided])
    cost = times.taken[times.decided] - rows
    in_time = delay <= IN_TIME
    return "\n".join(
        [
            f"{len(delay)} decisions, {100 * in_time.mean():.3f} % within 20 ms of their chunk",
            f"delay: {_quantiles(delay, 1e3)} ms",
            f"a decision beside the rows: {_quantiles(cost, 1e6)} µs",
            f"a chunk without a decision: {_quantiles(times.taken[~times.decided], 1e6)} µs",
            f"one core busy for {100 * times.taken.sum() / seconds:.0f} % of the time",
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
    parser.add_argument("--save", action="store_true", help="write results/live.txt")
    arguments = parser.parse_args()
    size = round(arguments.chunk_ms * RATE / 1000)
    y = speech(arguments.recordings, 60.0, RATE)
    times = run(y, arguments.streams, arguments.seconds, size)
    about = f"{arguments.streams} streams, {arguments.seconds:g} s, chunks of {size / 16:g} ms"
    said = f"{about}; {sentence(machine())}\n{report(times, arguments.seconds)}"
    if arguments.save:
        (RESULTS / "live.txt").write_text(said + "\n")
    print(said)


if __name__ == "__main__":
    main()
