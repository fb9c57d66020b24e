"""Cost and memory of long recordings: they grow linearly, and not at all.

    python -m benchmarks.long [--seconds 1 10 60 600 3600 36000] [--json FILE]

A WAV file of each length (16 kHz, 16 bit) is read in blocks (`serfast.audio.blocks`) through a
stream of the whole row with YIN, and, up to an hour, at once (`load`, one call). Each is a process
of its own, on one core, whose greatest memory is asked at the end. It shows what the engine and the
reading cost; rows are counted, not kept.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import serfast
from serfast.audio import reading as audio

from .child import from_child
from .conditions import machine, on_one_core
from .recordings import SAMPLE, speech_like
from .stages import STAGES
from .tables import long_table

RATE = 16000
AT_ONCE = 3600
"""Longest recording that is also loaded as a whole [s]."""

WHOLE_ROW = next(stage.features for stage in STAGES if stage.name == "whole row")


def write(path: Path, seconds: float) -> None:
    """A recording of so many seconds."""
    minute = (32767 * speech_like(60, RATE)).astype("<i2")
    left = round(seconds * RATE)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        while left:
            part = minute[:left]
            file.writeframesraw(part.tobytes())
            left -= len(part)


def peak_memory() -> int:
    """KiB of memory that this process has had at most."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def resident() -> int:
    """KiB of memory that this process has now, to the page (VmRSS is only about right)."""
    rollup = Path("/proc/self/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Rss"))


def in_blocks(extractor: serfast.Extractor, path: str) -> tuple[int, int]:
    """Number of rows, through a stream; and KiB of memory more than after two minutes."""
    stream = extractor.stream()
    out = np.empty((1000, len(extractor.columns)), np.float32)
    rows, before = 0, resident()
    for block in audio.blocks(path):
        rows += stream.accept(block, out)
        if stream.n_seen - 120 * RATE in range(len(block)):
            before = resident()
    while written := stream.flush(out):
        rows += written
    return rows, resident() - before


def at_once(extractor: serfast.Extractor, path: str) -> tuple[int, None]:
    """Number of rows, in one call."""
    y, _ = serfast.load(path)
    return len(extractor(y)), None


WAYS: dict[str, Callable[[serfast.Extractor, str], tuple[int, int | None]]] = {
    "blocks": in_blocks,
    "at once": at_once,
}


def measure(way: str, path: str) -> dict[str, Any]:
    """Time, rows and memory of one recording; runs in the child."""
    on_one_core()
    extractor = serfast.Extractor(serfast.FeatureSpec(features=WHOLE_ROW))
    serfast.load(SAMPLE)  # what reads files is loaded by the first one
    before = peak_memory()
    begin = time.perf_counter()
    rows, growth = WAYS[way](extractor, path)
    return {
        "taken_s": time.perf_counter() - begin,
        "rows": rows,
        "peak_mb": peak_memory() / 1024,
        "before_mb": before / 1024,
        "growth_kib": growth,
    }


def main() -> None:
    """Print the table; write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    lengths = [1.0, 10.0, 60.0, 600.0, 3600.0, 36000.0]
    parser.add_argument("--seconds", type=float, nargs="+", default=lengths)
    parser.add_argument("--json", type=Path, help="file for the report")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(measure(*arguments.child)))
        return
    report: dict[str, Any] = {"machine": machine(), "lengths": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.wav"
        for seconds in arguments.seconds:
            write(path, seconds)
            ways = [way for way in WAYS if way == "blocks" or seconds <= AT_ONCE]
            found = {w: from_child(__spec__.name, "--child", w, str(path)) for w in ways}
            report["lengths"].append({"seconds": seconds, **found})
    print(long_table(report))
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
