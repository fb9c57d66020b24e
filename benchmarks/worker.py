"""The process of one package that takes turns with others (turns.py).

It imports neither serfast nor any package but the one that it measures, so its interpreter may be
that of another environment.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from .child import installed, on_one_core
from .timing import mean_seconds
from .works import WORKS

__all__ = ["main"]

AT_LEAST = 0.010
"""A turn lasts so long [s], and at least one call."""


class Worker:
    """Answers the parent's requests, for one package."""

    def __init__(self, subject: str, folder: Path) -> None:
        self.subject: Any = importlib.import_module(f"benchmarks.subjects.{subject}")
        self.folder = folder

    def version(self) -> str:
        """Give the version of the package."""
        version = installed(self.subject.DISTRIBUTION)
        if version is None:
            raise LookupError(f"not installed: {self.subject.INSTALL}")
        return version

    def prepare(self, key: str, result: str) -> None:
        """Make the call of a work, call it, and store what it gives."""
        work = next(work for work in WORKS if work.key == key)
        y = work.samples(np.load(self.folder / f"{work.sample_rate}.npy"))
        self.call = self.subject.MAKE[work.kind](work, y)
        given = self.call()
        np.save(result, self.subject.ROWS.get(work.kind, np.asarray)(given))

    def turn(self) -> float:
        """Give the mean time of a call [s], after one that isn't timed."""
        self.call()
        return mean_seconds(self.call, AT_LEAST)


def main(channel: Any) -> None:
    """Answer requests until the parent closes the channel."""
    subject, folder = sys.argv[1], Path(sys.argv[2])
    warnings.simplefilter("ignore")
    on_one_core()
    worker = Worker(subject, folder)
    for line in channel.lines():
        name, *arguments = json.loads(line)
        try:
            channel.send("answer", getattr(worker, name)(*arguments))
        except LookupError as error:
            channel.send("error", str(error.args[0]))
        except Exception as error:  # whatever it is, it becomes that package's line of the table
            channel.send("error", f"failed: {type(error).__name__}: {error}")
