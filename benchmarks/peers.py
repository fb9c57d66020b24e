"""serfast beside its peers: time and error of the same works on the same signal.

    python -m benchmarks.peers [RECORDING ...] [--json FILE] [--work KEY ...] [--isa avx2]

Each package runs in a process of its own, with one thread on one core, and they take turns: a turn
is one call that isn't timed and then calls for 10 ms, one at least; the median of the turns is
quoted. Errors are against float64: the reference back end with the package's conventions, where
serfast has a name for them. RECORDINGs are played one after the other, and again, for `--seconds`.

A peer that isn't installed has a line that says so. `pip install .[bench]` brings all but aubio,
which has to be compiled (`pip install aubio`); `--peers PYTHON` looks for them in another
environment.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import serfast

from .conditions import machine
from .recordings import named, speech
from .reports import write
from .subjects import NAMES, Array
from .tables import peers_table
from .turns import Package
from .works import WORKS, Work

SILENCE = 1e-12
"""Errors are counted from the recording's peak times this in frames that are silent beside it."""


@contextmanager
def packages(folder: Path, isas: Sequence[str], interpreter: str) -> Iterator[list[Package]]:
    """Start serfast, once more for each instruction set of `isas`, and every peer."""
    started = [Package("serfast", folder, isa=isa) for isa in ("", *isas)]
    try:
        for name in NAMES[1:]:
            started.append(Package(name, folder, interpreter=interpreter))
        yield started
    finally:
        for package in started:
            package.close()


def subject(name: str) -> Any:
    """Give the file about a package; see benchmarks/subjects."""
    return importlib.import_module(f"benchmarks.subjects.{name}")


@cache
def reference(spec: serfast.FeatureSpec, work: Work, signal: Path) -> Array:
    """Give the rows that are computed in float64 and rounded once."""
    return serfast.Extractor(spec, backend="reference")(work.samples(np.load(signal)))


def error(name: str, work: Work, signal: Path, result: Path) -> dict[str, Any]:
    """Give the median and largest distance of a result from the exact one, or why there is none."""
    given = np.load(result)
    exact = subject(name).EXACT[work.kind](work, work.samples(np.load(signal)))
    if isinstance(exact, str):
        return {"none": exact}
    if isinstance(exact, serfast.FeatureSpec):
        exact = reference(exact, work, signal)
    exact = exact[:, : given.shape[1]]
    if exact.shape != given.shape:
        raise ValueError(f"{name}, {work.key}: {given.shape} values, {exact.shape} expected")
    gap = np.abs(given - exact.astype(np.result_type(exact, np.float64)))
    if work.kind in ("spectrum", "mel"):
        peaks = np.abs(exact).max(axis=1, keepdims=True)
        gap /= np.maximum(peaks, SILENCE * peaks.max())
    return {"median": float(np.median(gap)), "largest": float(gap.max()), "unit": work.unit}


def measure(work: Work, able: Sequence[Package], signal: Path, repeat: int) -> list[dict[str, Any]]:
    """Give one line for each package: its turns, and its error."""
    lines: list[dict[str, Any]] = []
    for i, package in enumerate(able):
        result = signal.with_name(f"result-{i}.npy")
        package.prepare(work, result)
        name = subject(package.subject).DISTRIBUTION
        lines.append({"package": name, "subject": package.subject, "isa": package.isa or None})
        if package.trouble is None:
            lines[-1]["version"] = package.version
            lines[-1]["error"] = error(package.subject, work, signal, result)
    turns = [[package.turn() for package in able] for _ in range(repeat)]
    for line, package, laps in zip(lines, able, zip(*turns, strict=True), strict=True):
        if package.trouble is None:
            line["ms"] = 1e3 * median(laps)
            line["turns_ms"] = [round(1e3 * lap, 5) for lap in laps]
        else:
            line["trouble"] = package.trouble
            package.trouble = (
                None if package.version else package.trouble
            )  # it may do the next work
    return lines


def compare(
    works: Sequence[Work],
    recordings: Sequence[str],
    *,
    seconds: float,
    repeat: int,
    isas: Sequence[str],
    interpreter: str,
) -> dict[str, Any]:
    """Give the whole report."""
    report: dict[str, Any] = {
        "machine": machine(),
        "signal": {"seconds": seconds, "from": named(recordings)},
        "repeat": repeat,
        "works": [],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rate in {work.sample_rate for work in works}:
            np.save(folder / f"{rate}.npy", speech(recordings, seconds, rate))
        with packages(folder, isas, interpreter) as everyone:
            for work in works:
                able = [p for p in everyone if work.kind in subject(p.subject).MAKE]
                lines = measure(work, able, folder / f"{work.sample_rate}.npy", repeat)
                report["works"].append({"key": work.key, "title": work.title, "results": lines})
    return report


def main() -> None:
    """Print the table; write the JSON."""
    keys = [work.key for work in WORKS]
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").split("\n\n")[0],
        epilog=f"works: {', '.join(keys)}",
    )
    parser.add_argument("recordings", nargs="*", metavar="RECORDING")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--repeat", type=int, default=9, help="turns of each (9)")
    parser.add_argument("--work", nargs="+", choices=keys, default=keys, metavar="KEY")
    parser.add_argument("--isa", nargs="+", default=[], help="serfast once more with these")
    parser.add_argument("--peers", default=sys.executable, help="Python that has the peers")
    parser.add_argument("--json", type=Path, help="file for the report")
    arguments = parser.parse_args()
    if not 0.5 <= arguments.seconds <= 3600:
        parser.error(f"--seconds must be 0.5 to 3600, got {arguments.seconds:g}")
    if arguments.repeat < 1:
        parser.error(f"--repeat must be >= 1, got {arguments.repeat}")
    report = compare(
        [work for work in WORKS if work.key in arguments.work],
        arguments.recordings,
        seconds=arguments.seconds,
        repeat=arguments.repeat,
        isas=arguments.isa,
        interpreter=arguments.peers,
    )
    print(peers_table(report))
    write(arguments.json, report)


if __name__ == "__main__":
    main()
