"""Two threads over many recordings beside one: how much faster they are, and whether bits differ.

    python -m benchmarks.threads [RECORDING ...] [--repeat 9] [--json FILE]

`Extractor.map` over the recordings, or over 200 pieces of 1 to 5 s of the synthetic sample; the
whole row with YIN; one thread and two take turns, in a process where libraries have one thread;
medians. It needs two cores that do nothing else.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import serfast

from .conditions import machine
from .process import in_child
from .recordings import Array, speech
from .reports import write
from .stages import WHOLE_ROW
from .tables import threads_table
from .timing import in_turn

RATE = 16000


def pieces(count: int = 200) -> list[Array]:
    """Cut so many pieces of 1 to 5 s from anywhere in a minute of the sample."""
    y = speech((), 60, RATE)
    random = np.random.default_rng(0)
    lengths = random.integers(RATE, 5 * RATE, count)
    begins = random.integers(0, len(y) - 5 * RATE, count)
    return [y[begin : begin + n].copy() for begin, n in zip(begins, lengths, strict=True)]


def measure(recordings: list[str], repeat: int) -> dict[str, Any]:
    """Give the times of one thread and of two [s], and whether their rows are equal."""
    signals = [serfast.load(path, sample_rate=RATE)[0] for path in recordings] or pieces()
    extractor = serfast.Extractor(serfast.FeatureSpec(features=WHOLE_ROW))
    works = {str(n): partial(extractor.map, signals, threads=n) for n in (1, 2)}
    one, two = (work() for work in works.values())
    pairs = zip(one, two, strict=True)
    return {
        "count": len(signals),
        "seconds": sum(map(len, signals)) / RATE,
        "repeat": repeat,
        "s": {threads: median(times) for threads, times in in_turn(works, repeat).items()},
        "equal": all(a.tobytes() == b.tobytes() for a, b in pairs),
    }


def main() -> None:
    """Print the line; write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("recordings", nargs="*", metavar="RECORDING")
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--json", type=Path, help="file for the report")
    arguments = parser.parse_args()
    about = machine()
    figures = in_child("threads.measure", arguments.recordings, arguments.repeat)
    report: dict[str, Any] = {"machine": about, **figures}
    print(threads_table(report))
    write(arguments.json, report)


if __name__ == "__main__":
    main()
