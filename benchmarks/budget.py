"""Instructions per row on arm64 and x86-64, and the time that boards would take for them.

    .ci/arm64 rows                          # an arm64 Python with this tree's engine, once
    python -m benchmarks.budget [--save]    # needs gcc and Debian's qemu-user
    python -m benchmarks.publish            # writes what was saved into docs/embedded.md

qemu counts every instruction between two marks, around work that has been done once before, so that
nothing is loaded or filled for the first time. Counts don't depend on the machine's load. On x86-64
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
from pathlib import Path
from typing import Any, NamedTuple

import serfast
from serfast.bench.process import one_thread
from serfast.bench.settings import whole_row
from serfast.bench.throughput import works

from . import RESULTS, ROOT
from .catalogue import others
from .reports import write

ARM64 = ROOT / "build" / "arm64" / "rows"
REPORT = RESULTS / "budget.json"

PROGRAM = """
import json, os, sys, numpy, serfast
sys.path = [p for p in sys.path if p]
rows, y = int(sys.argv[1]), numpy.random.default_rng(0).normal(0, 0.1, 160_000).astype("f4")

def counted(work):
    work()
    os.getppid()  # the plugin of qemu takes this call for a mark
    work()
    os.getppid()

def stream():
    accept, out = extractor.stream().accept, numpy.empty((2, len(spec.columns)), "f4")
    chunks = numpy.split(y[: rows * spec.hop_length], rows)
    def work():
        for chunk in chunks:
            accept(chunk, out)
    return work

for text in json.loads(sys.argv[2]):
    spec = serfast.FeatureSpec.from_json(text)
    extractor = serfast.Extractor(spec)
    counted(lambda: extractor(y[: rows * spec.hop_length]))
spec = serfast.FeatureSpec.from_json(sys.argv[3])
extractor = serfast.Extractor(spec)
counted(stream())
recognizer = serfast.Recognizer("svm")
counted(lambda: recognizer.predict(y[:48_000], 16_000))
"""
ROWS = 400
LIVE, PREDICTION = "whole row, a chunk of 10 ms", "prediction of 3 s, svm"

HEAD = (
    *("estimated, not measured", "instructions per second", "a row, live", "streams of rows"),
    *("prediction of 3 s", "streams of events"),
)


def choices() -> dict[str, serfast.FeatureSpec]:
    """Give specs of what may be left out of the whole row, or put into it."""
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


def further() -> dict[str, serfast.FeatureSpec]:
    """Give a spec of each feature of the catalogue that the others don't have."""
    specs = (whole_row(), *choices().values())
    listed = [feature for spec in specs for feature in spec.features]
    return {
        name: serfast.FeatureSpec(features=features) for name, features in others(listed).items()
    }


class Board(NamedTuple):
    """A processor: its clock, and how many instructions it is assumed to finish in a cycle."""

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
    """Give the Python of either architecture, with the engine in it."""
    arm = Emulated(
        ["qemu-aarch64", "-L", str(ARM64), str(ARM64 / "usr/bin/python3.11")],
        {"PYTHONPATH": str(ARM64 / "site")},
    )
    path = os.pathsep.join(p for p in sys.path if p)
    x86 = Emulated(
        ["qemu-x86_64", "-cpu", "max", os.path.realpath(sys.executable)],
        {"PYTHONPATH": path, "SERFAST_ISA": "baseline"},
    )
    return {"arm64": arm, "x86-64": x86}


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """Give the instructions per row (or prediction) by work and architecture."""
    plugin = folder / "count.so"
    source = Path(__file__).with_name("count_instructions.c")
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", plugin, source], check=True)
    specs = {**works(whole_row()), **choices(), **further()}
    names, per_unit = [*specs, LIVE, PREDICTION], {}
    for architecture, python in emulated().items():
        marks = counts(python, plugin, [spec.to_json() for spec in specs.values()])
        between = [after - before for before, after in zip(marks[::2], marks[1::2], strict=True)]
        units = [*[spec.frame_count(ROWS * 160) for spec in specs.values()], ROWS, 1]
        per_unit[architecture] = [n / unit for n, unit in zip(between, units, strict=True)]
    return {
        name: {architecture: values[i] for architecture, values in per_unit.items()}
        for i, name in enumerate(names)
    }


def counts(python: Emulated, plugin: Path, specs: list[str]) -> list[int]:
    """Give the instructions of the process so far, at each of its marks."""
    file = plugin.with_suffix(".counts")
    file.unlink(missing_ok=True)
    chosen = {**python.environment, "PYTHONHASHSEED": "0", "INSTRUCTIONS": str(file)}
    qemu, *rest = python.command
    arguments = [str(ROWS), json.dumps(specs), whole_row().to_json()]
    command = [qemu, "-plugin", str(plugin), *rest, "-c", PROGRAM, *arguments]
    # it runs in another folder, because Python looks first where it runs
    subprocess.run(command, env=one_thread(**chosen), cwd=plugin.parent, check=True)
    return [int(line) for line in file.read_text().splitlines()]


def tables(report: dict[str, Any]) -> str:
    """Give both tables as markdown."""
    counts = report["instructions"]
    lines = [f"gcc {report['gcc']}, {report['machine']} under qemu.", ""]
    lines += ["| | arm64 | x86-64 (SSE2) |", "|---|---:|---:|"]
    lines += [f"| {name} | {c['arm64']:,.0f} | {c['x86-64']:,.0f} |" for name, c in counts.items()]
    arm = {name: c["arm64"] for name, c in counts.items()}
    model_row = arm["presets.speech()"]
    live, model_live = arm[LIVE], arm[LIVE] + model_row - arm["whole row"]
    decision = arm[PREDICTION] - 301 * model_row
    lines += [
        "",
        f"| {' | '.join(HEAD)} |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for board in BOARDS:
        speed = board.ghz * board.ipc * 1e9
        events = 100 * model_live + 2 * decision  # in a second
        lines.append(
            f"| {board.name}, one core | {board.ghz:g} GHz × {board.ipc:g} | "
            f"{1e6 * live / speed:.0f} µs | {0.8 * speed / (100 * live):.0f} | "
            f"{1e3 * arm[PREDICTION] / speed:.0f} ms | {0.8 * speed / events:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Count, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help=f"write {REPORT.name}")
    arguments = parser.parse_args()
    gcc = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True)
    with tempfile.TemporaryDirectory() as folder:
        counts = measure(Path(folder))
    report = {"gcc": gcc.stdout.strip(), "machine": platform.system(), "instructions": counts}
    print(tables(report))
    write(REPORT if arguments.save else None, report)


if __name__ == "__main__":
    main()
