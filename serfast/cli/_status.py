"""A line on standard error that says what is being done, on a terminal only."""

from __future__ import annotations

import shutil
from types import TracebackType
from typing import TextIO

__all__ = ["Status"]


class Status:
    """Shows one text at a time; a context manager that wipes it when done.

    Parameters
    ----------
    stream : text stream
        Where to show it; nothing is shown if it isn't a terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._visible = stream.isatty()

    def __enter__(self) -> Status:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.show("")

    def show(self, text: str) -> None:
        """Replace the text."""
        if self._visible:
            line = f"measuring {text} …" if text else ""
            self._stream.write("\r\x1b[K" + line[: shutil.get_terminal_size().columns - 1])
            self._stream.flush()
