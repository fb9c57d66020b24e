"""From nothing to the first row: how long a new process takes, and how much memory it has then."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from .child import ANSWERING
from .process import Child
from .settings import Settings

__all__ = ["resident", "startup"]

LAPS = 5

PROGRAMS = {
    "python": "",
    "numpy": "import numpy",
    "serfast": "import serfast",
    "first row": """
import sys, numpy, serfast
spec = serfast.FeatureSpec.from_json(sys.argv[1])
n = max(4 * max(spec.frame_lengths), int(sys.argv[4]))
signal = numpy.arange(n, dtype=numpy.float32) % 100 / 100 - 0.5
extractor = serfast.Extractor(spec, sys.argv[2])
extractor(signal)
""",
}
"""What a process does, each more than the one before; its end counts as well.

A sawtooth: silence would spare the FFT and the pitch; the signal of the fingerprint would bring its
module's memory along."""

STREAMING = """
stream = extractor.stream()
chunk = signal[:int(sys.argv[4])]
out = numpy.empty((len(chunk) // spec.hop_length + 2 + spec.lookahead, len(spec.columns)), "f4")
for _ in range(1000):
    stream.accept(chunk, out)
"""

MEMORY = """
import json, runpy, sys
said = json.dumps(runpy.run_path(sys.argv[3])["memory"]())
os.write(answers, said.encode())
"""


def startup(settings: Settings, streams: bool, step: Callable[[], object]) -> dict[str, Any]:
    """Measure it in processes of their own; the system has read the files before.

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
            start = perf_counter()
            _run(program, settings)
            if lap:
                laps[name].append(perf_counter() - start)
        step()
    seconds = {name: median(taken) for name, taken in laps.items()}
    return {"seconds": seconds, "memory": resident(settings, streams)}


def resident(settings: Settings, streams: bool) -> dict[str, dict[str, int]]:
    """Measure the memory of NumPy alone, and of a process that computes; see `startup`."""
    work = PROGRAMS["first row"] + (STREAMING if streams else "")
    programs = {"numpy": "import numpy", "serfast": work}
    return {
        name: json.loads(_run(ANSWERING + program + MEMORY, settings))
        for name, program in programs.items()
    }


def _run(program: str, settings: Settings) -> str:
    """Run a Python program with the whole row's spec and give what it said last."""
    helper = str(Path(__file__).with_name("memory.py"))
    arguments = (settings.spec.to_json(), settings.backend, helper, str(settings.chunk))
    child = Child(program, *arguments, settings=settings)
    try:
        return child.finish()
    finally:
        child.end()
