"""Packages that take turns: each in a process of its own, one call at a time.

The parent keeps one `Package` for each and says whose turn it is, so that whatever the machine does
meanwhile hits all of them. worker.py is what runs in the process.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from serfast.bench.process import GRACE, ChildEndedError
from serfast.errors import SerfastError

from .process import start
from .works import Work

__all__ = ["Package"]


class Package:
    """A package in its process: `prepare` a work, then time it in `turn` after `turn`.

    A package that isn't installed, or fails, says so in `trouble` and takes no turns from then on.
    """

    def __init__(
        self, subject: str, folder: Path, *, interpreter: str = sys.executable, isa: str = ""
    ) -> None:
        self.subject, self.isa = subject, isa
        chosen = {"SERFAST_ISA": isa} if isa else {}
        self._child = start("worker", subject, str(folder), interpreter=interpreter, **chosen)
        self.trouble: str | None = None
        self.version: str | None = None
        self.version = self._ask("version")

    def prepare(self, work: Work, result: Path) -> None:
        """Make everything ready, call once, and store the result as rows in `result` (.npy)."""
        self._ask("prepare", work.key, str(result))

    def turn(self) -> float:
        """Give the seconds of one call, the mean over a turn; NaN if there is trouble."""
        seconds = self._ask("turn")
        return float("nan") if seconds is None else float(seconds)

    def close(self) -> None:
        """End the process."""
        self._child.end(GRACE)

    def _ask(self, *request: str) -> Any:
        """Give the child's answer, None if there is or was trouble."""
        if self.trouble is not None:
            return None
        try:
            self._child.tell(json.dumps(request))
            return self._child.hear("answer")
        except ChildEndedError as error:
            self.trouble = f"ended with {error.status}"
        except SerfastError as error:
            self.trouble = str(error)
        return None
