"""How near each stage comes to what the machine could do at most.

    python -m benchmarks.roofline [--json FILE]

For each instruction set, in a process of its own, on one core: the machine's peak (measured, see
peak.py), and the time of a row of each stage, the median of 15 measurements of at least 2 ms. The
formulas of benchmarks/operations.py say how many operations and bytes a row takes at least; the
least time is the longer one of the two, were the machine at its peak. Stages that come from the
catalogue have no formula. It doesn't show what a row costs whose samples and tables have left the
caches.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import serfast
from serfast.program.planner import program_of

from . import peak
from .child import on_one_core
from .conditions import machine
from .operations import row_cost
from .process import in_child
from .reports import write
from .stages import LISTED, N_ROWS, STAGES, Stage, rows_into
from .tables import stages_table
from .timing import mean_seconds

REPEAT, AT_LEAST = 15, 0.002


def seconds(call: Callable[[], object]) -> float:
    """Give the median time of a call [s]."""
    call()
    return median(mean_seconds(call, AT_LEAST) for _ in range(REPEAT))


def measure(isa: str) -> dict[str, Any]:
    """Give the machine's peak, and the time of a row of each stage [µs]; this runs in the child."""
    on_one_core()
    best = peak.measure(isa)
    times = {stage.name: 1e6 * seconds(rows_into(stage, N_ROWS)) / N_ROWS for stage in STAGES}
    return {"operations_per_s": best.operations, "bytes_per_s": best.bytes, "us": times}


def report() -> dict[str, Any]:
    """Give everything about every stage."""
    about, isas = machine(), serfast.native_info()["available"]
    figures = {isa: in_child("roofline.measure", isa, SERFAST_ISA=isa) for isa in isas}
    return {"machine": about, "stages": [described(stage) for stage in STAGES], "isas": figures}


def described(stage: Stage) -> dict[str, Any]:
    """Give a stage's name, frame and cost; the cost is None where no formula says it."""
    cost = row_cost(program_of(stage.spec)) if stage in LISTED else None
    return {
        "name": stage.name,
        "frame_length": stage.frame_length,
        "near": stage.near,
        "operations": cost and round(cost.operations),
        "bytes": cost and round(cost.bytes),
    }


def main() -> None:
    """Print the table; write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", type=Path, help="file for the report")
    arguments = parser.parse_args()
    results = report()
    print(stages_table(results))
    write(arguments.json, results)


if __name__ == "__main__":
    main()
