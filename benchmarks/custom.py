"""What ten features of one's own cost per row, beyond their own arithmetic.

    python -m benchmarks.custom [--seconds 60] [--repeat 15] [--json FILE]

One process, one thread. Times are the thread's on its processor (other processes' aren't in
them), medians of the repetitions, which take turns. "Own arithmetic" is the same function, compiled
the same way, called by a compiled loop over the same frames. It shows the cost in a batch; it
doesn't show what a stream's chunk costs in Python, nor memory.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numba
import numpy as np

import serfast

from .conditions import machine
from .recordings import Array, speech_like
from .tables import custom_table

FRAME, HOP, RATE, COUNT = 512, 160, 16000, 10


@serfast.feature_function
def first(frame, out):  # type: ignore[no-untyped-def]
    """Hardly any arithmetic."""
    out[0] = frame[0]


@serfast.feature_function
def crest(frame, out):  # type: ignore[no-untyped-def]
    """Peak over RMS."""
    peak, power = 0.0, 1e-12
    for x in frame:
        peak = max(peak, abs(x))
        power += x * x
    out[0] = peak / math.sqrt(power / len(frame))


KINDS = {"`out[0] = frame[0]`": first, "crest": crest}
"""The functions, by what the table calls them."""


def extractor(kind: Any | None) -> serfast.Extractor:
    """MFCC, and ten features of a kind."""
    own = [kind(name=f"own_{i}") for i in range(COUNT)] if kind else []
    features = (serfast.MFCC(n_fft=FRAME), *own)
    return serfast.Extractor(serfast.FeatureSpec(features=features, center=False))


def loop(kind: Any, boundscheck: bool) -> Callable[[Array], None]:
    """The kind's function, called ten times for each frame of a signal by compiled code."""
    njit: Any = numba.njit  # whose types are the compiler's
    function = njit(boundscheck=boundscheck)(kind.compute)

    def run(y: Array, out: Array) -> None:
        for t in range(1 + (len(y) - FRAME) // HOP):
            for i in range(COUNT):
                function(y[t * HOP : t * HOP + FRAME], out[i : i + 1])

    compiled = njit(run)
    return lambda y: compiled(y, np.empty(COUNT, np.float32))


def seconds(run: Callable[[Array], Any], y: Array) -> float:
    """Processor time of one call."""
    start = time.thread_time()
    run(y)
    return time.thread_time() - start


def measured(arguments: argparse.Namespace) -> dict[str, Any]:
    """The report: conditions, and microseconds a row."""
    about = machine()
    y = speech_like(arguments.seconds, RATE)
    n_rows = 1 + (len(y) - FRAME) // HOP
    work: dict[str, Callable[[Array], Any]] = {
        "MFCC": extractor(None),
        **{f"{name} in": extractor(kind) for name, kind in KINDS.items()},
        **{f"{name} own": loop(kind, True) for name, kind in KINDS.items()},
        "unchecked": loop(crest, False),
    }
    for run in work.values():
        run(y)  # compiles
    laps = [{name: seconds(run, y) for name, run in work.items()} for _ in range(arguments.repeat)]

    def us(name: str, without: str = "") -> float:
        """Microseconds a row, over another work's in the same lap."""
        return 1e6 * median(lap[name] - lap.get(without, 0.0) for lap in laps) / n_rows

    return {
        "machine": about,
        "numba": numba.__version__,
        "repeat": arguments.repeat,
        "rows": n_rows,
        "frame_length": FRAME,
        "features": COUNT,
        "mfcc_us": us("MFCC"),
        "us": {
            name: {"added": us(f"{name} in", "MFCC"), "own": us(f"{name} own")} for name in KINDS
        },
        "unchecked_us": us("unchecked"),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    arguments = parser.parse_args()
    report = measured(arguments)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(custom_table(report))


if __name__ == "__main__":
    main()
