"""Instructions per row on arm64 and x86-64, and what they come to on boards.

    .ci/arm64 rows                          # an arm64 Python with this tree's engine, once
    python -m benchmarks.budget [--save]    # needs gcc and Debian's qemu-user

qemu counts every instruction of a process that computes 1000 rows (or predictions), and of one that
computes 3000: the difference is that of 2000. Counts don't depend on the machine's load. On x86-64
it is the baseline, SSE2. A board's times are estimates: a count, divided by the instructions that
its processor is assumed to finish per second. They show the order of magnitude; `serfast bench`
on the board shows the time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import serfast
from serfast.bench.settings import whole_row
from serfast.bench.throughput import works

HERE = Path(__file__).parent
ROOT = HERE.parent / "build" / "arm64" / "rows"
RESULTS = HERE / "results" / "budget.json"

ROWS = """
import sys, numpy, serfast
n, spec = int(sys.argv[1]), serfast.FeatureSpec.from_json(sys.argv[2])
y = numpy.random.default_rng(0).normal(0, 0.1, 3000 * spec.hop_length).astype("f4")
extractor = serfast.Extractor(spec)
"""
BATCH = ROWS + "extractor(y[: n * spec.hop_length])"
STREAM = (
    ROWS
    + """
chunks = numpy.split(y, 3000)
accept, out = extractor.stream().accept, numpy.empty((2, len(spec.columns)), "f4")
for chunk in chunks[:n]:
    accept(chunk, out)
"""
)
PREDICTIONS = """
import sys, numpy, serfast
y = numpy.random.default_rng(0).normal(0, 0.1, 48000).astype("f4")
recognizer = serfast.Recognizer("svm")
for _ in range(int(sys.argv[1])):
    recognizer.predict(y, 16000)
"""
LIVE, PREDICTION = "whole row, a chunk of 10 ms", "prediction of 3 s, svm"


HEAD = ("estimated, not measured", "instructions per second", "a row, live", "streams of rows")
HEAD += ("prediction of 3 s", "streams of events")


def choices() -> dict[str, serfast.FeatureSpec]:
    """What may be left out of the row, or put into it."""
    energies = (serfast.RMS(frame_length=512), serfast.ZeroCrossingRate(frame_length=512))
    mfcc = serfast.MFCC(n_fft=512, n_mels=40, n_mfcc=13)
    high = serfast.YIN(frame_length=512, fmin=130, fmax=600)
    return {
        "MFCC with 23 bands of 400 samples": serfast.FeatureSpec(
            features=(serfast.MFCC(n_fft=400, n_mels=23, n_mfcc=13),)
        ),
        "YIN from 130 Hz, 512": serfast.FeatureSpec(features=(high,)),
        "whole row without YIN": serfast.FeatureSpec(
            features=(*energies, serfast.LogMel(n_fft=512, n_mels=40), mfcc)
        ),
        "presets.speech()": serfast.presets.speech(),
    }


class Board(NamedTuple):
    """A processor: its clock, and the instructions a cycle that it is assumed to finish."""

    name: str
    ghz: float
    ipc: float


BOARDS = (
    Board("Pi Zero 2 W (Cortex-A53)", 1.0, 0.6),
    Board("Pi 4 (Cortex-A72)", 1.8, 1.2),
    Board("Pi 5 (Cortex-A76)", 2.4, 2.2),
)


class Emulated(NamedTuple):
    """A Python that qemu runs."""

    command: list[str]
    environment: dict[str, str]


def emulated() -> dict[str, Emulated]:
    """The Python of either architecture, with the engine in it."""
    arm = Emulated(
        ["qemu-aarch64", "-L", str(ROOT), str(ROOT / "usr/bin/python3.11")],
        {"PYTHONPATH": str(ROOT / "site")},
    )
    path = os.pathsep.join(p for p in sys.path if p)
    x86 = Emulated(
        ["qemu-x86_64", "-cpu", "max", os.path.realpath(sys.executable)],
        {"PYTHONPATH": path, "SERFAST_ISA": "baseline"},
    )
    return {"arm64": arm, "x86-64": x86}


def jobs() -> Iterator[tuple[str, str, str, int, int]]:
    """What is counted: name, program, its argument, and how much of it, less and more."""
    for name, spec in {**works(whole_row()), **choices()}.items():
        yield name, BATCH, spec.to_json(), 1000, 3000
    yield LIVE, STREAM, whole_row().to_json(), 1000, 3000
    yield PREDICTION, PREDICTIONS, "", 2, 6


def count(python: Emulated, plugin: Path, program: str, n: int, argument: str) -> int:
    """Instructions of the whole process."""
    file = plugin.with_suffix(".count")
    environment = {
        **os.environ,
        **python.environment,
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "INSTRUCTIONS": str(file),
    }
    qemu, *rest = python.command
    # Python puts the working folder first, which has the sources without the engine
    safe = "import sys; sys.path = [p for p in sys.path if p]\n" + program
    command = [qemu, "-plugin", str(plugin), *rest, "-c", safe, str(n), argument]
    subprocess.run(command, env=environment, check=True)
    return int(file.read_text())


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """Instructions per row (or prediction) by work and architecture."""
    plugin = folder / "count.so"
    source = HERE / "count_instructions.c"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", plugin, source], check=True)
    found: dict[str, dict[str, float]] = {}
    for name, program, argument, less, more in jobs():
        found[name] = {}
        for architecture, python in emulated().items():
            few = count(python, plugin, program, less, argument)
            many = count(python, plugin, program, more, argument)
            found[name][architecture] = (many - few) / (more - less)
        print(name, found[name], file=sys.stderr, flush=True)
    return found


def tables(report: dict[str, Any]) -> str:
    """Both tables, in Markdown."""
    found = report["instructions"]
    lines = [f"gcc {report['gcc']}, {report['machine']} under qemu.", ""]
    lines += ["| | arm64 | x86-64 (SSE2) |", "|---|---:|---:|"]
    lines += [f"| {name} | {c['arm64']:,.0f} | {c['x86-64']:,.0f} |" for name, c in found.items()]
    live, prediction = (found[name]["arm64"] for name in (LIVE, PREDICTION))
    lines += [
        "",
        f"| {' | '.join(HEAD)} |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for board in BOARDS:
        speed = board.ghz * board.ipc * 1e9
        row, judged = live / speed, prediction / speed
        # a decision each 0.5 s costs a prediction without its rows; 80 % of one core
        second = 100 * row + 2 * (judged - 300 * found["whole row"]["arm64"] / speed)
        lines.append(
            f"| {board.name}, one core | {board.ghz:g} GHz × {board.ipc:g} | {1e6 * row:.0f} µs | "
            f"{0.8 * 0.01 / row:.0f} | {1e3 * judged:.0f} ms | {0.8 / second:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Count, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS.name}")
    parser.add_argument("--show", action="store_true", help=f"show {RESULTS.name}, count nothing")
    arguments = parser.parse_args()
    if arguments.show:
        print(tables(json.loads(RESULTS.read_text())))
        return
    gcc = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True)
    with tempfile.TemporaryDirectory() as folder:
        counts = measure(Path(folder))
    report = {"gcc": gcc.stdout.strip(), "machine": platform.system(), "instructions": counts}
    print(tables(report))
    if arguments.save:
        RESULTS.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
