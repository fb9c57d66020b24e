"""Every measurement in a process of its own: its environment, its start and its memory.

Sent is a name and its arguments as JSON, on the command line; the answer is a line of JSON. A
measurement that must run at the same time as others calls `ready()` first: it waits there until all
of them have.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from ..errors import SerfastError
from .settings import Settings

__all__ = ["environment", "main", "measure", "measure_all", "python", "ready"]

_MEASURES = ("engine", "throughput", "latency", "predictions", "live")
_READY = "ready"
_PROGRAM = "from serfast.bench.process import main; main()"

# The folder where it is run must not hide the installed packages.
_NOT_HERE = "import sys; sys.path[:] = [p for p in sys.path if p]; "


def measure(name: str, settings: Settings, **arguments: Any) -> dict[str, Any]:
    """Run one measurement and give its answer.

    Raises
    ------
    SerfastError
        If it failed; the message is that of the error in the process.
    """
    return measure_all(name, settings, [arguments])[0]


def measure_all(
    name: str, settings: Settings, each: Sequence[dict[str, Any]], together: bool = False
) -> list[dict[str, Any]]:
    """Run the same measurement in several processes at once, one for each dict of arguments.

    `together`: it calls `ready()`; all of them go on from there when the last one has.
    """
    with ExitStack() as stack:
        children = []
        for arguments in each:
            job = json.dumps([name, settings.to_dict(), arguments])
            child = python(_PROGRAM, job, settings=settings)
            stack.callback(_end, child)
            children.append(child)
        if together:
            _start_together(children)
        return [_answer(name, child) for child in children]


def python(program: str, *arguments: str, settings: Settings) -> subprocess.Popen[str]:
    """Start a Python of the same kind, with this one's import path."""
    return subprocess.Popen(
        [sys.executable, "-c", _NOT_HERE + program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=environment(settings),
    )


def environment(settings: Settings) -> dict[str, str]:
    """Give the environment variables of such a process: instruction set, threads of libraries."""
    chosen = {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONIOENCODING": "utf-8"}
    for library in ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB_MAXIMUM"):
        chosen[f"{library}_NUM_THREADS"] = "1"
    if settings.isa is not None:
        chosen["SERFAST_ISA"] = settings.isa
    return {**os.environ, **chosen}


def ready() -> None:
    """Wait, in the child, until all that are measured together are here."""
    print(_READY, flush=True)
    sys.stdin.readline()


def _start_together(children: Sequence[subprocess.Popen[str]]) -> None:
    """Let them go when all are ready; one that has ended instead is told of by its answer."""
    for child in children:
        assert child.stdout is not None
        while (line := child.stdout.readline()) and line.strip() != _READY:
            pass
        if not line:
            return
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()


def _answer(name: str, child: subprocess.Popen[str]) -> dict[str, Any]:
    said, complaint = child.communicate()
    if child.returncode:
        last = complaint.strip().splitlines()[-1:] or [f"exit status {child.returncode}"]
        raise SerfastError(f"{name}: {last[0]}")
    answer: dict[str, Any] = json.loads(said.splitlines()[-1])
    return answer


def _end(child: subprocess.Popen[str]) -> None:
    """Leave no process behind, whatever happened."""
    if child.poll() is None:
        child.kill()
    child.communicate()


def main() -> None:
    """Run the measurement that the command line names, in the child."""
    name, settings, arguments = json.loads(sys.argv[1])
    if name not in _MEASURES:
        raise SystemExit(f"measurement must be one of {', '.join(_MEASURES)}, got {name!r}")
    try:
        module = importlib.import_module(f".{name}", __package__)
        answer = getattr(module, name)(Settings.from_dict(settings), **arguments)
    except (SerfastError, ImportError, OSError, MemoryError) as error:
        raise SystemExit(" ".join(str(error).split()) or type(error).__name__) from error
    print(json.dumps(answer), flush=True)
