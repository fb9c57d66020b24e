"""The first call: what a program waits for before its first rows, and what it doesn't.

    python -m benchmarks.start [--repeat 9] [--json FILE]

In a fresh process each: `import serfast`, two extractors of the whole row with YIN (the first one
loads the modules that make tables), the first call on a second of signal, and the median of later
ones; then the same of a stream's first chunk. Medians over the processes. The warm-up is what the
first call takes more than later ones. The system's file cache is warm, and NumPy imported.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from statistics import median
from typing import Any

from .child import from_child
from .conditions import on_one_core
from .tables import start_table

LATER = 20


def measure() -> dict[str, float]:
    """Times of one fresh process [ms]."""
    import numpy as np

    on_one_core()
    y = np.random.default_rng(0).uniform(-1, 1, 16000).astype(np.float32)
    marks = [time.perf_counter()]

    def mark() -> None:
        marks.append(time.perf_counter())

    import serfast

    mark()
    energies = (serfast.RMS(), serfast.ZeroCrossingRate())
    features = (*energies, serfast.LogMel(), serfast.MFCC(), serfast.YIN())
    for _ in range(2):
        extractor = serfast.Extractor(serfast.FeatureSpec(features=features))
        mark()
    for _ in range(1 + LATER):
        extractor(y)
        mark()
    stream = extractor.stream()
    mark()
    for i in range(1 + LATER):
        stream.accept(y[160 * i : 160 * (i + 1)])
        mark()
    laps = 1e3 * np.diff(marks)
    imported, made, second, first, *later = laps[: 4 + LATER].tolist()
    stream_made, first_chunk, *later_chunks = laps[4 + LATER :].tolist()
    return {
        "import": imported,
        "first extractor": made,
        "second extractor": second,
        "first call": first,
        "later calls": median(later),
        "warm-up": first - median(later),
        "stream": stream_made,
        "first chunk": first_chunk,
        "later chunks": median(later_chunks),
    }


def main() -> None:
    """Print the table; write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--repeat", type=int, default=9, help="processes (9)")
    parser.add_argument("--json", type=Path, help="file for the report")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(measure()))
        return
    from .conditions import machine

    runs = [from_child(__spec__.name, "--child") for _ in range(arguments.repeat)]
    times = {name: median(run[name] for run in runs) for name in runs[0]}
    report: dict[str, Any] = {"machine": machine(), "repeat": arguments.repeat, "ms": times}
    print(start_table(report))
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
