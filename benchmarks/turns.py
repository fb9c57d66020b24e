"""Packages that take turns: each in a process of its own, one call at a time.

The parent keeps one `Package` for each and says whose turn it is, so that whatever the machine does
meanwhile hits all of them. This module is also the program that runs in the child; it imports
neither serfast nor any package but its own, so its interpreter may be that of another environment.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from . import ROOT
from .conditions import ONE_THREAD, installed, on_one_core
from .works import WORKS, Work

AT_LEAST = 0.010
"""A turn lasts so long [s], and at least one call."""


class Package:
    """A package in its process: `prepare` a work, then time it in `turn` after `turn`.

    A package that isn't installed, or fails, says so in `trouble` and takes no turns from then on.
    """

    def __init__(
        self, subject: str, folder: Path, *, interpreter: str = sys.executable, isa: str = ""
    ) -> None:
        self.subject, self.isa = subject, isa
        environment = {**os.environ, **ONE_THREAD, **({"SERFAST_ISA": isa} if isa else {})}
        self._process = subprocess.Popen(
            [interpreter, "-m", __name__, subject, str(folder)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.trouble: str | None = None
        self.version: str | None = None
        self.version = self._ask("version")

    def prepare(self, work: Work, result: Path) -> None:
        """Make everything ready, call once, and store the result as rows in `result` (.npy)."""
        self._ask("prepare", work.key, str(result))

    def turn(self) -> float:
        """Seconds of one call, the mean over a turn; NaN if there is trouble."""
        seconds = self._ask("turn")
        return float("nan") if seconds is None else float(seconds)

    def close(self) -> None:
        """End the process."""
        with suppress(BrokenPipeError):  # it may have ended by itself
            self._process.communicate()

    def _ask(self, *request: str) -> Any:
        """The child's answer; None if there is or was trouble."""
        if self.trouble is not None:
            return None
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(json.dumps(request) + "\n")
            stdin.flush()
            line = stdout.readline()
        except BrokenPipeError:
            line = ""
        answer = json.loads(line) if line else {"trouble": f"ended with {self._process.wait()}"}
        self.trouble = answer.get("trouble")
        return answer.get("value")


# --- In the child -------------------------------------------------------------------------------


class Worker:
    """Answers the parent's requests, for one package."""

    def __init__(self, subject: str, folder: Path) -> None:
        self.subject: Any = importlib.import_module(f"benchmarks.subjects.{subject}")
        self.folder = folder

    def version(self) -> str:
        """Version of the package."""
        found = installed(self.subject.DISTRIBUTION)
        if found is None:
            raise LookupError(f"not installed: {self.subject.INSTALL}")
        return found

    def prepare(self, key: str, result: str) -> None:
        """Make the call of a work, call it, and store what it gives."""
        work = next(work for work in WORKS if work.key == key)
        y = work.samples(np.load(self.folder / f"{work.sample_rate}.npy"))
        self.call = self.subject.MAKE[work.kind](work, y)
        given = self.call()
        np.save(result, self.subject.ROWS.get(work.kind, np.asarray)(given))

    def turn(self) -> float:
        """Mean time of a call [s], after one that isn't timed."""
        self.call()
        calls, begin = 0, time.perf_counter()
        while (taken := time.perf_counter() - begin) < AT_LEAST:
            self.call()
            calls += 1
        return taken / calls


def main() -> None:
    """Read requests, a JSON line each, until the parent closes the pipe."""
    subject, folder = sys.argv[1], Path(sys.argv[2])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever the package prints must not come between the answers
    warnings.simplefilter("ignore")
    on_one_core()
    worker = Worker(subject, folder)
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        try:
            answer = {"value": getattr(worker, name)(*arguments)}
        except LookupError as error:
            answer = {"trouble": str(error.args[0])}
        except Exception as error:  # whatever it is, it becomes that package's line of the table
            answer = {"trouble": f"failed: {type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
