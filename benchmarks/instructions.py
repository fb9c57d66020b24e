"""Instructions of a row of each stage: they don't depend on how busy the machine is.

    python -m benchmarks.instructions [--record | --check] [--json | --counts FILE]

A stage computes N rows and then 2 N under callgrind; the difference, divided by N, is a row's:
Python, the call and the checks of its arguments cancel out. Valgrind 3.19 knows no AVX-512, so the
instruction sets are baseline and AVX2. `--record` writes benchmarks/results/instructions.json;
`--check` compares with it and fails if a stage takes over 5 % more. A stage of a feature that is
new in the catalogue needn't have been recorded: it is named, with the command that records it.
Another major version of the compiler makes other instructions: then there is nothing to compare
with, which fails too, with another exit status (3). `--counts` takes what `--json` printed instead
of counting.

Needs Valgrind with its headers and a C compiler (`apt-get install valgrind gcc`).
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import serfast
from serfast.bench.process import one_thread

from . import RESULTS, ROOT
from .conditions import machine
from .reports import write
from .stages import LISTED, STAGES, rows_into

RECORD = RESULTS / "instructions.json"
ISAS = ("baseline", "avx2")
N_ROWS = 64
LIMIT = 0.05
"""How much more than recorded a stage may take, as a share."""

NOT_COMPARABLE = 3
"""Exit status when the record was made with another compiler."""

HOW_TO_RECORD = "python -m benchmarks.instructions --record"

Counts = dict[str, dict[str, int]]
"""Instructions of a row, by instruction set and stage."""


# --- Under Valgrind -----------------------------------------------------------------------------


def run_stages(library: str) -> None:
    """Compute every stage's rows, and tell callgrind where each begins and ends."""
    gc.disable()  # a collection would be counted for the stage in which it comes
    callgrind = ctypes.CDLL(library)
    calls = [(i, n, rows_into(s, n)) for i, s in enumerate(STAGES) for n in (N_ROWS, 2 * N_ROWS)]
    for _, _, call in calls:
        call()
    callgrind.start()
    for i, n, call in calls:
        callgrind.stop(b"between")
        call()
        callgrind.stop(f"stage {i} {n}".encode())


# --- Around it ----------------------------------------------------------------------------------


def tool(name: str) -> str:
    """Give the path of a program that must be there."""
    path = shutil.which(name)
    if path is None:
        raise SystemExit(f"{name} must be installed: apt-get install valgrind gcc")
    return path


def count(isa: str, folder: Path, library: Path) -> dict[str, int]:
    """Give the instructions of a row of every stage, with this instruction set."""
    command = [tool("valgrind"), "--tool=callgrind", "--instr-atstart=no"]
    command += [f"--callgrind-out-file={folder / isa}", sys.executable, "-m", __spec__.name]
    done = subprocess.run(
        [*command, "--library", str(library)],
        cwd=ROOT,
        env=one_thread(SERFAST_ISA=isa, PYTHONHASHSEED="0"),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    totals: dict[tuple[int, int], int] = {}
    for dump in folder.glob(f"{isa}.*"):
        text = dump.read_text()
        where = re.search(r"^desc: Trigger: Client Request: stage (\d+) (\d+)$", text, re.MULTILINE)
        total = re.search(r"^totals: (\d+)$", text, re.MULTILINE)
        if where and total:
            totals[int(where[1]), int(where[2])] = int(total[1])
    return {
        stage.name: round((totals[i, 2 * N_ROWS] - totals[i, N_ROWS]) / N_ROWS)
        for i, stage in enumerate(STAGES)
    }


def measured() -> dict[str, Any]:
    """Give the counts of both instruction sets, and what they were made with."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = folder / "callgrind.so"
        source = Path(__file__).with_name("callgrind.c")
        compile_ = [tool("gcc"), "-O2", "-shared", "-fPIC", "-o", str(library), str(source)]
        subprocess.run(compile_, check=True)
        able = [isa for isa in ISAS if isa in serfast.native_info()["available"]]
        counts = {isa: count(isa, folder, library) for isa in able}
    version = subprocess.run([tool("valgrind"), "--version"], capture_output=True, text=True)
    about = machine()
    return {
        "compiler": about["compiler"],
        "valgrind": version.stdout.strip(),
        "serfast": about["serfast"],
        "instructions": counts,
    }


def worse(recorded: Counts, counted: Counts) -> list[str]:
    """Give a line for each stage that takes more instructions than it may."""
    return [
        f"{stage}, {isa}: {n} instructions a row, {before} before: {100 * (n / before - 1):+.1f} %"
        for isa, counts in counted.items()
        for stage, n in counts.items()
        if (before := recorded.get(isa, {}).get(stage)) is not None and n > before * (1 + LIMIT)
    ]


def unrecorded(recorded: Counts, counted: Counts) -> dict[str, str]:
    """Give a line for each stage that isn't in the record, by the stage's name."""
    return {
        stage: f"{stage}, {isa}: {n} instructions a row, not in the record: {HOW_TO_RECORD}"
        for isa, counts in counted.items()
        for stage, n in counts.items()
        if stage not in recorded.get(isa, {})
    }


def comparable(recorded: Mapping[str, Any], counted: Mapping[str, Any]) -> bool:
    """Say whether both were built by the same major version of the same compiler."""
    first, second = (report["compiler"].partition(".")[0] for report in (recorded, counted))
    return bool(first == second)


def check(counted: Mapping[str, Any]) -> int:
    """Say what is worse than the record or isn't in it, and give the exit status.

    A stage that is listed by hand must be in the record; one of the catalogue needn't be yet.
    """
    recorded = json.loads(RECORD.read_text("utf-8"))
    if not comparable(recorded, counted):
        print(
            f"recorded with {recorded['compiler']}, this is {counted['compiler']}: not comparable; "
            f"record the counts of both versions with this one: --record",
            file=sys.stderr,
        )
        return NOT_COMPARABLE
    both = recorded["instructions"], counted["instructions"]
    slower, new = worse(*both), unrecorded(*both)
    for line in (*slower, *new.values()):
        print(line, file=sys.stderr)
    return 1 if slower or {stage.name for stage in LISTED} & set(new) else 0


def main() -> None:
    """Print the counts, and record them or compare them with the record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--record", action="store_true", help=f"write {RECORD.name}")
    what.add_argument("--check", action="store_true", help=f"compare with {RECORD.name}")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--counts", type=Path, help="file that --json made: count nothing")
    parser.add_argument("--library", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.library:
        run_stages(arguments.library)
        return
    counts = arguments.counts
    counted = measured() if counts is None else json.loads(counts.read_text("utf-8"))
    if arguments.json:
        print(json.dumps(counted, indent=1))
    else:
        for isa, stages in counted["instructions"].items():
            print("\n".join(f"{isa:9} {n:7d}  {stage}" for stage, n in stages.items()))
    write(RECORD if arguments.record else None, counted)
    sys.exit(check(counted) if arguments.check else 0)


if __name__ == "__main__":
    main()
