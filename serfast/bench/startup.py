"""From nothing to the first row: how long a new process takes, and how much memory it has then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from . import measures
from .process import ANSWERING, Child
from .settings import Settings

__all__ = ["resident", "startup"]

LAPS = 5
CHUNKS = 1000
"""Chunks that a stream is fed with before its memory is measured."""

_FOLDER = Path(__file__).parent

FIRST_ROW = f"""{(_FOLDER / "first_calls.py").read_text("utf-8")}
import sys, numpy
text, backend, n_samples, chunk, n_chunks = sys.argv[1:]
signal = numpy.arange(int(n_samples), dtype=numpy.float32) % 100 / 100 - 0.5
chunks = [signal[: int(chunk)]] * int(n_chunks)
first_calls(lambda serfast: serfast.FeatureSpec.from_json(text), backend, signal, chunks=chunks)
"""
"""A program that computes its first rows.

The signal is a sawtooth. Silence would need less arithmetic for the FFT and the pitch, and the
signal of the fingerprint would bring its module's memory along."""

PROGRAMS = {
    "python": "",
    "numpy": "import numpy",
    "serfast": "import serfast",
    "first row": FIRST_ROW,
}
"""Programs, each of which does more than the one before; the end of the process counts as well."""

_MEMORY = f"runpy.run_path({str(_FOLDER / 'memory.py')!r})"

LOADED = f"import numpy; {_MEMORY}['map_libraries']()\n"
"""What both processes begin with whose memory is compared: all of NumPy is there."""

MEMORY = f"""
channel.send("answer", {_MEMORY}["memory"]())
"""


def startup(settings: Settings, streams: bool, step: Callable[[], object]) -> dict[str, Any]:
    """Measure the start in processes of its own; the system has read the files before.

    Parameters
    ----------
    settings : Settings
    streams : bool
        Whether the back end can stream the whole row.
    step : function
        Called after each of the ``LAPS`` laps.

    Returns
    -------
    dict
        ``seconds``: median time by program. ``memory``: bytes, ``numpy`` after its import alone
        and ``serfast`` after a thousand chunks of the whole row (or one recording); each has
        ``peak`` and, on Linux and Windows, ``now``; {} on systems that don't tell.
    """
    laps: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for lap in range(LAPS + 1):
        for name, program in PROGRAMS.items():
            begin = perf_counter()
            child = _start(program, settings)
            try:
                child.finish()
            finally:
                child.end()
            if lap:
                laps[name].append(perf_counter() - begin)
        step()
    seconds = {name: median(times) for name, times in laps.items()}
    return {"seconds": seconds, "memory": resident(settings, streams)}


def resident(settings: Settings, streams: bool) -> dict[str, dict[str, int]]:
    """Measure the memory of NumPy alone, and of a process that computes; see `startup`."""
    programs = {"numpy": "import numpy", "serfast": FIRST_ROW}
    chunks = CHUNKS if streams else 0
    return {name: _memory(program, settings, chunks) for name, program in programs.items()}


def _memory(program: str, settings: Settings, chunks: int) -> dict[str, int]:
    child = _start(ANSWERING + LOADED + program + MEMORY, settings, chunks)
    try:
        memory: dict[str, int] = child.hear("answer")
        child.finish()
        return memory
    finally:
        child.end()


def _start(program: str, settings: Settings, chunks: int = 0) -> Child:
    """Start a Python program with the arguments of `FIRST_ROW`."""
    n_samples = max(4 * max(settings.spec.frame_lengths), settings.chunk)
    numbers = (n_samples, settings.chunk, chunks)
    spec = settings.spec.to_json()
    return measures.start(program, spec, settings.backend, *map(str, numbers), settings=settings)
