"""A measurement has a process of its own, and so its own environment, start and memory.

Whatever a plugin or another package does there, prints, hangs or dies of, the parent goes on: it
hears the child on a channel that only the measurement uses (channel.py), and waits for a limited
time. `serfast bench` and the repository's benchmarks start all their processes here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any

from ..errors import SerfastError

__all__ = ["ANSWERING", "GRACE", "ONE_THREAD", "Child", "ChildEndedError", "one_thread"]

GRACE = 5.0
"""Seconds that a child has to end in after its last answer."""

LIBRARIES = ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB_MAXIMUM")
"""Prefixes of the environment variables with which libraries are given their threads."""

ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in LIBRARIES}
"""Environment variables that give libraries one thread."""

_CHANNEL = str(Path(__file__).with_name("channel.py"))

ANSWERING = f"import runpy; channel = runpy.run_path({_CHANNEL!r})['Channel'](); "
"""Text that a program begins with if it answers: it may use `channel` then."""

# The folder where it is run must not hide the installed packages.
_NOT_HERE = "import sys; sys.path[:] = [p for p in sys.path if p]; "


class ChildEndedError(SerfastError):
    """A child ended without an answer; ``status`` is its exit status, negative for a signal."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def one_thread(**variables: str) -> dict[str, str]:
    """Give this process's environment with one thread for libraries, and with these variables."""
    return {**os.environ, **ONE_THREAD, "PYTHONIOENCODING": "utf-8", **variables}


class Child:
    """A Python process that measures something.

    Parameters
    ----------
    program : str
        Python text. It begins with `ANSWERING` if messages are expected of it.
    *arguments : str
        The program's command line.
    environment : mapping
        Its environment variables, all of them; see `one_thread`.
    limit : float
        Seconds that it may take.
    interpreter : str
        Which Python runs it.
    quiet : bool
        Whether its standard error is kept for the message of a failure. Otherwise it is shown.
    """

    def __init__(
        self,
        program: str,
        *arguments: str,
        environment: Mapping[str, str],
        limit: float,
        interpreter: str = sys.executable,
        quiet: bool = True,
    ) -> None:
        # a file, because a pipe that nobody reads would fill up
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - `end` closes it
        self._process = subprocess.Popen(
            [interpreter, "-c", _NOT_HERE + program, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints if quiet else None,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=environment,
        )
        self._limit = limit
        self._deadline = monotonic() + limit
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        # not every system can wait for a pipe and a clock at once, but a thread can wait for a pipe
        Thread(target=self._listen, daemon=True).start()

    def hear(self, kind: str) -> Any:
        """Wait for a message of this kind and give its content.

        Raises
        ------
        SerfastError
            If the message is an error, or none comes in time.
        ChildEndedError
            If the process ended before.
        """
        line = self._next()
        try:
            message = json.loads(line or "")
        except ValueError:  # there is no line, or half of one
            raise self._ending() from None
        if "error" in message:
            raise SerfastError(message["error"])
        return message[kind]

    def tell(self, text: str) -> None:
        """Send a line.

        Raises
        ------
        ChildEndedError
            If the process has ended.
        """
        try:
            print(text, file=self._process.stdin, flush=True)
        except OSError:
            raise self._ending() from None

    def finish(self) -> None:
        """Wait until it has ended well.

        Raises
        ------
        SerfastError
            If it takes too long.
        ChildEndedError
            If it ended with another exit status than 0.
        """
        while self._next() is not None:
            pass
        self._leave(GRACE)
        if self._process.returncode:
            raise self._ending()

    def end(self, grace: float = 0.0) -> None:
        """Wait for its end for `grace` seconds, then kill it: no process is left behind."""
        if self._process.stdin is not None:
            with suppress(OSError):  # what was still to be sent has no reader any more
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
        """Give the next line, None after the last one however often it is asked for."""
        while (left := self._deadline - monotonic()) > 0:
            with suppress(Empty):
                line = self._lines.get(timeout=min(left, 0.5))  # Windows hears Ctrl-C in between
                if line is None:
                    self._lines.put(None)
                return line
        raise SerfastError(f"no answer after {self._limit:.0f} s")

    def _leave(self, grace: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        self._process.kill()
        self._process.wait()

    def _ending(self) -> ChildEndedError:
        """Describe how it ended: by the last line of Python's traceback if there is one."""
        self._leave(GRACE)
        status = self._process.returncode
        self._complaints.seek(max(0, self._complaints.seek(0, os.SEEK_END) - 4096))
        lines = self._complaints.read().decode("utf-8", "replace").strip().splitlines()
        if status == 1 and lines:
            return ChildEndedError(lines[-1], status)
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        return ChildEndedError(f"its process ended without an answer ({how})", status)
