"""Instructions of a row of each stage: they don't depend on how busy the machine is.

    python -m benchmarks.instructions [--record | --check] [--json | --counts FILE]

A stage computes N rows and then 2 N under callgrind; the difference, divided by N, is a row's:
Python, the call and the checks of its arguments cancel out. Valgrind 3.19 knows no AVX-512, so the
instruction sets are baseline and AVX2. `--record` writes benchmarks/results/instructions.json;
`--check` compares with it and fails if a stage takes over 5 % more. Another major version of the
compiler makes other instructions: then there is nothing to compare with, which fails too, with
another exit status (3). `--counts` takes what `--json` printed instead of counting.

Needs Valgrind with its headers and a C compiler (`apt-get install valgrind gcc`).
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import RESULTS, ROOT
from .conditions import ONE_THREAD, machine
from .stages import STAGES, rows_into

RECORD = RESULTS / "instructions.json"
ISAS = ("baseline", "avx2")
N_ROWS = 64
LIMIT = 0.05
"""A stage may take so much more than recorded, as a share."""

NOT_COMPARABLE = 3
"""Exit status when the record was made with another compiler."""

Counts = dict[str, dict[str, int]]
"""Instructions of a row, by instruction set and stage."""


# --- Under Valgrind -----------------------------------------------------------------------------


def run_stages(library: str) -> None:
    """Compute every stage's rows, telling callgrind where each begins and ends."""
    gc.disable()  # a collection would count for the stage in which it happens to come
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
    """Path of a program that must be there."""
    found = shutil.which(name)
    if found is None:
        raise SystemExit(f"{name} must be installed: apt-get install valgrind gcc")
    return found


def count(isa: str, folder: Path, library: Path) -> dict[str, int]:
    """Instructions of a row of every stage, with this instruction set."""
    command = [tool("valgrind"), "--tool=callgrind", "--instr-atstart=no"]
    command += [f"--callgrind-out-file={folder / isa}", sys.executable, "-m", __spec__.name]
    done = subprocess.run(
        [*command, "--library", str(library)],
        cwd=ROOT,
        env={**os.environ, **ONE_THREAD, "SERFAST_ISA": isa, "PYTHONHASHSEED": "0"},
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
    """The counts of both instruction sets, and what they were made with."""
    import serfast

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


def worse(recorded: Counts, found: Counts) -> list[str]:
    """Stages that take more than they may, or aren't in the record: a line for each."""
    lines = []
    for isa, counts in found.items():
        for stage, n in counts.items():
            before = recorded.get(isa, {}).get(stage)
            if before is None:
                lines.append(f"{stage}, {isa}: {n} instructions a row, not in the record")
            elif n > before * (1 + LIMIT):
                more = 100 * (n / before - 1)
                lines.append(
                    f"{stage}, {isa}: {n} instructions a row, {before} before: {more:+.1f} %"
                )
    return lines


def comparable(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether both were built by the same major version of the same compiler."""
    first, second = (report["compiler"].partition(".")[0] for report in (recorded, found))
    return bool(first == second)


def check(found: Mapping[str, Any]) -> int:
    """Exit status of the comparison with the record; says what is worse."""
    recorded = json.loads(RECORD.read_text("utf-8"))
    if not comparable(recorded, found):
        print(
            f"recorded with {recorded['compiler']}, this is {found['compiler']}: not comparable; "
            f"record the counts of both versions with this one: --record",
            file=sys.stderr,
        )
        return NOT_COMPARABLE
    lines = worse(recorded["instructions"], found["instructions"])
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0


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
    found = measured() if counts is None else json.loads(counts.read_text("utf-8"))
    text = json.dumps(found, indent=1)
    if arguments.json:
        print(text)
    else:
        for isa, stages in found["instructions"].items():
            print("\n".join(f"{isa:9} {n:7d}  {stage}" for stage, n in stages.items()))
    if arguments.record:
        RECORD.write_text(text + "\n", encoding="utf-8")
    sys.exit(check(found) if arguments.check else 0)


if __name__ == "__main__":
    main()
