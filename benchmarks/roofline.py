"""How near each stage comes to what the machine could do at most.

    python -m benchmarks.roofline [--json FILE]

For each instruction set, in a process of its own, on one core: the machine's peak (measured, see
peak.py), and the time of a row of each stage, the median of 15 measurements of at least 2 ms. The
formulas of benchmarks/operations.py say how many operations and bytes a row takes at least; the
least time is the longer one of the two, were the machine at its peak. It doesn't show what a row
costs whose samples and tables have left the caches.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import serfast
from serfast.program.planner import program_of

from . import peak
from .child import from_child
from .conditions import machine, on_one_core
from .operations import row_cost
from .stages import N_ROWS, STAGES, rows_into
from .tables import stages_table

REPEAT, AT_LEAST = 15, 0.002


def seconds(call: Callable[[], object]) -> float:
    """Median time of a call."""
    call()
    laps = []
    for _ in range(REPEAT):
        calls, begin = 0, time.perf_counter()
        while (taken := time.perf_counter() - begin) < AT_LEAST:
            call()
            calls += 1
        laps.append(taken / calls)
    return median(laps)


def measure(isa: str) -> dict[str, Any]:
    """The machine's peak and the time of a row of each stage [µs]; runs in the child."""
    on_one_core()
    best = peak.measure(isa)
    times = {stage.name: 1e6 * seconds(rows_into(stage, N_ROWS)) / N_ROWS for stage in STAGES}
    return {"operations_per_s": best.operations, "bytes_per_s": best.bytes, "us": times}


def report() -> dict[str, Any]:
    """Everything about every stage."""
    stages = []
    for stage in STAGES:
        cost = row_cost(program_of(stage.spec))
        stages.append(
            {
                "name": stage.name,
                "frame_length": stage.frame_length,
                "near": stage.near,
                "operations": round(cost.operations),
                "bytes": round(cost.bytes),
            }
        )
    isas = serfast.native_info()["available"]
    about = machine()
    found = {i: from_child(__spec__.name, "--child", i, SERFAST_ISA=i) for i in isas}
    return {"machine": about, "stages": stages, "isas": found}


def main() -> None:
    """Print the table; write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", type=Path, help="file for the report")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(measure(arguments.child)))
        return
    found = report()
    print(stages_table(found))
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
