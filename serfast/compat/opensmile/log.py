"""The log file of a Smile, with openSMILE's levels."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from ... import _checks as checks

__all__ = ["DONE", "LEFT_OUT", "REPLACED", "Log"]

LEFT_OUT, REPLACED, DONE = 1, 2, 3
"""Files left out are errors, signals that are too short are warnings, each part is a message."""


class Log:
    """It appends what happens to a file, if there is one, up to a level of 0 to 5."""

    def __init__(self, path: Any, level: Any) -> None:
        self.level = checks.integer("loglevel", level, 0, 5)
        if path is not None and not isinstance(path, (str, os.PathLike)):
            checks.fail("logfile", "a path or None", path)
        self.path = None if path is None else os.path.abspath(os.path.expanduser(os.fspath(path)))
        if self.path is not None:
            try:
                os.close(_opened(self.path))
            except OSError as error:
                checks.fail("logfile", f"a file that can be written ({error.strerror})", path)

    def write(self, level: int, message: str) -> None:
        """Append a line in one piece: several threads and processes may write into one file."""
        if self.path is None or level > self.level:
            return
        moment = datetime.now().isoformat(timespec="milliseconds")
        file = _opened(self.path)
        try:
            os.write(file, f"{moment} [{level}] {message}\n".encode("utf-8", "surrogateescape"))
        finally:
            os.close(file)


def _opened(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
