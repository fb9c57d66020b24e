"""What ten features of one's own cost per row, beyond their own arithmetic.

    python -m benchmarks.custom [--seconds 60] [--repeat 15] [--json FILE]

One process, one thread. Times are the thread's on its processor (other processes' aren't in
them), medians of the repetitions, which take turns. "Own arithmetic" is the same function, compiled
the same way, called by a compiled loop over the same frames. It shows the cost in a batch; it
doesn't show what a stream's chunk costs in Python, or memory.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numba
import numpy as np

import serfast

from .conditions import machine
from .recordings import Array, speech_like
from .reports import write
from .tables import custom_table
from .timing import in_turn

FRAME, HOP, RATE, COUNT = 512, 160, 16000, 10


@serfast.feature_function
def first(frame, out):  # type: ignore[no-untyped-def]
    """Copy a sample, which is hardly any arithmetic."""
    out[0] = frame[0]


@serfast.feature_function
def crest(frame, out):  # type: ignore[no-untyped-def]
    """Divide the peak by the root mean square."""
    peak, power = 0.0, 1e-12
    for x in frame:
        peak = max(peak, abs(x))
        power += x * x
    out[0] = peak / math.sqrt(power / len(frame))


KINDS = {"`out[0] = frame[0]`": first, "crest": crest}
"""The functions by their names in the table."""


def extractor(kind: Any | None) -> serfast.Extractor:
    """Make an extractor of MFCC, and of ten features of a kind."""
    ten = [kind(name=f"own_{i}") for i in range(COUNT)] if kind else []
    features = (serfast.MFCC(n_fft=FRAME), *ten)
    return serfast.Extractor(serfast.FeatureSpec(features=features, center=False))


def loop(kind: Any, boundscheck: bool) -> Callable[[Array], None]:
    """Compile a loop that calls the kind's function ten times for each frame of a signal."""
    njit: Any = numba.njit  # the compiler knows its types, mypy doesn't
    function = njit(boundscheck=boundscheck)(kind.compute)

    def run(y: Array, out: Array) -> None:
        for t in range(1 + (len(y) - FRAME) // HOP):
            for i in range(COUNT):
                function(y[t * HOP : t * HOP + FRAME], out[i : i + 1])

    compiled = njit(run)
    return lambda y: compiled(y, np.empty(COUNT, np.float32))


def measured(arguments: argparse.Namespace) -> dict[str, Any]:
    """Give the report: conditions, and microseconds a row."""
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
        run(y)  # the first call compiles
    calls = {name: partial(run, y) for name, run in work.items()}
    times = in_turn(calls, arguments.repeat, time.thread_time)

    def us(name: str, without: str | None = None) -> float:
        """Give the microseconds a row, without those of another work in the same turn."""
        less = times[without] if without else [0.0] * arguments.repeat
        return 1e6 * median(a - b for a, b in zip(times[name], less, strict=True)) / n_rows

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
    """Print the table; write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    arguments = parser.parse_args()
    report = measured(arguments)
    write(arguments.json, report)
    print(custom_table(report))


if __name__ == "__main__":
    main()
