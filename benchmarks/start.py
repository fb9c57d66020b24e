"""The first call: what a program waits for before its first rows, and what it doesn't.

    python -m benchmarks.start [--repeat 9] [--json FILE]

In a fresh process each: `import serfast`, two extractors of the whole row with YIN (the first one
loads the modules that make tables), the first call on a second of signal, and the median of later
ones; then a stream and its first chunk, and the median of later chunks. The table has medians over
the processes. The warm-up is what the first call takes more than later ones. The system's file
cache is warm, and NumPy has been imported before. `serfast bench` times the same steps by the same
code (serfast/bench/first_calls.py).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median
from typing import Any

from .conditions import machine
from .process import in_child
from .reports import write
from .tables import start_table


def main() -> None:
    """Print the table; write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--repeat", type=int, default=9, help="processes (9)")
    parser.add_argument("--json", type=Path, help="file for the report")
    arguments = parser.parse_args()
    runs = [in_child("fresh.start_times") for _ in range(arguments.repeat)]
    times = {name: median(run[name] for run in runs) for name in runs[0]}
    report: dict[str, Any] = {"machine": machine(), "repeat": arguments.repeat, "ms": times}
    print(start_table(report))
    write(arguments.json, report)


if __name__ == "__main__":
    main()
