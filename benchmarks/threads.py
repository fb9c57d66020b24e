"""Two threads over many recordings, beside one: how much faster, and whether every bit is the same.

    python -m benchmarks.threads [RECORDING ...] [--repeat 9] [--json FILE]

`Extractor.map` over the recordings, or over 200 pieces of 1 to 5 s of the synthetic sample; the
whole row with YIN; one thread and two take turns, medians. It needs two cores that do nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from statistics import median
from typing import Any

for _name in ("OMP", "MKL", "OPENBLAS"):
    os.environ.setdefault(f"{_name}_NUM_THREADS", "1")

import numpy as np  # noqa: E402 - after the number of threads is set

import serfast  # noqa: E402

from .conditions import machine  # noqa: E402
from .recordings import Array, speech  # noqa: E402
from .stages import STAGES  # noqa: E402
from .tables import threads_table  # noqa: E402

RATE = 16000
WHOLE_ROW = next(stage.features for stage in STAGES if stage.name == "whole row")


def pieces(count: int = 200) -> list[Array]:
    """So many pieces of 1 to 5 s, from anywhere in a minute of the sample."""
    y = speech((), 60, RATE)
    random = np.random.default_rng(0)
    lengths = random.integers(RATE, 5 * RATE, count)
    begins = random.integers(0, len(y) - 5 * RATE, count)
    return [y[begin : begin + n].copy() for begin, n in zip(begins, lengths, strict=True)]


def measure(signals: list[Array], repeat: int) -> dict[str, Any]:
    """Times [s] of one thread and of two in turn, and whether the rows are equal."""
    extractor = serfast.Extractor(serfast.FeatureSpec(features=WHOLE_ROW))
    laps: dict[int, list[float]] = {1: [], 2: []}
    rows = {threads: extractor.map(signals, threads=threads) for threads in laps}
    for _ in range(repeat):
        for threads, taken in laps.items():
            begin = time.perf_counter()
            extractor.map(signals, threads=threads)
            taken.append(time.perf_counter() - begin)
    pairs = zip(rows[1], rows[2], strict=True)
    return {
        "s": {str(threads): median(taken) for threads, taken in laps.items()},
        "equal": all(a.tobytes() == b.tobytes() for a, b in pairs),
    }


def main() -> None:
    """Print the line; write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("recordings", nargs="*", metavar="RECORDING")
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--json", type=Path, help="file for the report")
    arguments = parser.parse_args()
    signals = [serfast.load(path, sample_rate=RATE)[0] for path in arguments.recordings] or pieces()
    report: dict[str, Any] = {
        "machine": machine(),
        "count": len(signals),
        "seconds": sum(map(len, signals)) / RATE,
        "repeat": arguments.repeat,
        **measure(signals, arguments.repeat),
    }
    print(threads_table(report))
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
