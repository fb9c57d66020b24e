"""Cost and memory of long recordings: the cost grows with the length, and the memory doesn't.

    python -m benchmarks.long [--seconds 1 10 60 600 3600 36000] [--json FILE]

A WAV file of each length (16 kHz, 16 bit) is read in blocks (`serfast.audio.blocks`) through a
stream of the whole row with YIN, and, up to an hour, at once (`load`, one call). Each is a process
of its own, on one core, whose greatest memory is read at the end. It shows what the engine and the
reading cost; rows are counted, not kept.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import serfast
from serfast.audio.reading import blocks
from serfast.bench.memory import memory

from .child import on_one_core
from .conditions import machine
from .process import in_child
from .recordings import SAMPLE, speech_like
from .reports import write as write_report
from .stages import WHOLE_ROW
from .tables import long_table

RATE = 16000
AT_ONCE = 3600
"""Longest recording that is also loaded as a whole [s]."""


def write(path: Path, seconds: float) -> None:
    """Write a recording of so many seconds."""
    minute = (32767 * speech_like(60, RATE)).astype("<i2")
    left = round(seconds * RATE)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        while left:
            part = minute[:left]
            file.writeframesraw(part.tobytes())
            left -= len(part)


def in_blocks(extractor: serfast.Extractor, path: str) -> tuple[int, int]:
    """Count the rows of a stream, and the KiB of memory more than after two minutes."""
    stream = extractor.stream()
    out = np.empty((1000, len(extractor.columns)), np.float32)
    rows, before = 0, memory()["now"]
    for block in blocks(path):
        rows += stream.accept(block, out)
        if stream.n_seen - 120 * RATE in range(len(block)):
            before = memory()["now"]
    while written := stream.flush(out):
        rows += written
    return rows, (memory()["now"] - before) // 1024


def at_once(extractor: serfast.Extractor, path: str) -> tuple[int, None]:
    """Count the rows of one call."""
    y, _ = serfast.load(path)
    return len(extractor(y)), None


WAYS: dict[str, Callable[[serfast.Extractor, str], tuple[int, int | None]]] = {
    "blocks": in_blocks,
    "at once": at_once,
}


def measure(way: str, path: str) -> dict[str, Any]:
    """Give the time, rows and memory of one recording; this runs in the child."""
    on_one_core()
    extractor = serfast.Extractor(serfast.FeatureSpec(features=WHOLE_ROW))
    serfast.load(SAMPLE)  # the first file loads what reads files
    before = memory()["peak"]
    begin = time.perf_counter()
    rows, growth = WAYS[way](extractor, path)
    return {
        "taken_s": time.perf_counter() - begin,
        "rows": rows,
        "peak_mb": memory()["peak"] / 2**20,
        "before_mb": before / 2**20,
        "growth_kib": growth,
    }


def main() -> None:
    """Print the table; write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    lengths = [1.0, 10.0, 60.0, 600.0, 3600.0, 36000.0]
    parser.add_argument("--seconds", type=float, nargs="+", default=lengths)
    parser.add_argument("--json", type=Path, help="file for the report")
    arguments = parser.parse_args()
    report: dict[str, Any] = {"machine": machine(), "lengths": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.wav"
        for seconds in arguments.seconds:
            write(path, seconds)
            ways = [way for way in WAYS if way == "blocks" or seconds <= AT_ONCE]
            figures = {way: in_child("long.measure", way, str(path)) for way in ways}
            report["lengths"].append({"seconds": seconds, **figures})
    print(long_table(report))
    write_report(arguments.json, report)


if __name__ == "__main__":
    main()
