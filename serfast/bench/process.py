"""Every measurement in a process of its own: its environment, its start and its memory.

Whatever a plugin does there, prints, hangs or dies of, this process goes on: it hears the child on
a channel that is the measurement's alone (child.py), and waits for a limited time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any

from ..errors import SerfastError
from .child import PROGRAM
from .settings import Settings

__all__ = ["Child", "environment", "measure", "measure_all"]

PATIENCE = 180.0
"""Seconds that a measurement may take beside ten times those that it was told to last: a slow
board, or an emulated one, imports a plugin and makes thousands of streams in them."""

GRACE = 5.0
"""Seconds to end in, once all is said."""

# The folder where it is run must not hide the installed packages.
_NOT_HERE = "import sys; sys.path[:] = [p for p in sys.path if p]; "


def measure(name: str, settings: Settings, **arguments: Any) -> dict[str, Any]:
    """Run one measurement and give its answer.

    Raises
    ------
    SerfastError
        If it failed; the message is that of the error in the process, or says how that ended.
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
            child = Child(PROGRAM, job, settings=settings)
            stack.callback(child.end)
            children.append(child)
        if together:
            for child in children:
                child.hear("ready")
            for child in children:
                child.tell("go")
        answers = [child.hear("answer") for child in children]
        for child in children:
            child.end(GRACE)
        return answers


def environment(settings: Settings) -> dict[str, str]:
    """Give the environment variables of such a process: instruction set, threads of libraries."""
    chosen = {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONIOENCODING": "utf-8"}
    for library in ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB_MAXIMUM"):
        chosen[f"{library}_NUM_THREADS"] = "1"
    if settings.isa is not None:
        chosen["SERFAST_ISA"] = settings.isa
    return {**os.environ, **chosen}


class Child:
    """A Python of the same kind, with this one's import path and its own environment.

    Parameters
    ----------
    program : str
        Python text; what it writes to standard output is heard, line by line.
    *arguments : str
        Its command line.
    settings : Settings
        Its instruction set, and how long it may take.
    """

    def __init__(self, program: str, *arguments: str, settings: Settings) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - a pipe would fill up
        self._process = subprocess.Popen(
            [sys.executable, "-c", _NOT_HERE + program, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=environment(settings),
        )
        self._allowed = PATIENCE + 10 * settings.seconds
        self._deadline = monotonic() + self._allowed
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        # no system waits for a pipe and for a clock in the same way; threads do
        Thread(target=self._listen, daemon=True).start()

    def hear(self, kind: str) -> Any:
        """Wait for a message and give what it says.

        Raises
        ------
        SerfastError
            If it is an error, or none comes: the process ended, or took too long.
        """
        line = self._next()
        try:
            message = json.loads(line or "")
        except ValueError:  # nothing, or half a line
            raise SerfastError(self._ending()) from None
        if "error" in message:
            raise SerfastError(message["error"])
        return message[kind]

    def tell(self, text: str) -> None:
        """Send a line.

        Raises
        ------
        SerfastError
            If the process has ended.
        """
        pipe = self._process.stdin
        try:
            print(text, file=pipe, flush=True)
        except OSError:
            raise SerfastError(self._ending()) from None

    def finish(self) -> str:
        """Wait until it has ended well, and give the last line that it wrote.

        Raises
        ------
        SerfastError
            If it ended otherwise, or takes too long.
        """
        last = ""
        while (line := self._next()) is not None:
            last = line
        self._leave(GRACE)
        if self._process.returncode:
            raise SerfastError(self._ending())
        return last

    def end(self, grace: float = 0.0) -> None:
        """Leave no process behind, whatever happened."""
        if self._process.stdin is not None:
            with suppress(OSError):  # what couldn't be told
                self._process.stdin.close()
        self._leave(grace)
        self._complaints.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            for line in pipe:
                self._lines.put(line)
        self._lines.put(None)

    def _next(self) -> str | None:
        """Give the next line, None after the last one."""
        while (left := self._deadline - monotonic()) > 0:
            with suppress(Empty):
                return self._lines.get(timeout=min(left, 0.5))  # Windows hears Ctrl-C in between
        raise SerfastError(f"no answer after {self._allowed:.0f} s")

    def _leave(self, grace: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        self._process.kill()
        self._process.wait()

    def _ending(self) -> str:
        """Say how it ended: by Python's last line if it was an exception."""
        self._leave(GRACE)
        status = self._process.returncode
        self._complaints.seek(max(0, self._complaints.seek(0, os.SEEK_END) - 4096))
        said = self._complaints.read().decode("utf-8", "replace").strip().splitlines()
        if status == 1 and said:
            return said[-1]
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        return f"its process ended without an answer ({how})"
