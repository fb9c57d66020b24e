"""A progress bar on standard error, drawn only where someone can see it: on a terminal."""

from __future__ import annotations

import os
import shutil
import sys
import time
from types import TracebackType
from typing import TextIO

from ..corpora.messages import printable

__all__ = ["Progress"]

_INTERVAL = 0.1  # seconds between two drawings
_WIDTH = 28


class Progress:
    """Counts steps of work; a context manager that wipes the bar when done.

    When all steps are done, another piece of work may follow, whose share is told by :meth:`at`:
    its time left is reckoned from there.

    Parameters
    ----------
    total : int
        Steps in all.
    stream : text stream
        Where to draw; nothing is drawn if it isn't a terminal.
    """

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self._total = total
        self._stream = sys.stderr if stream is None else stream
        self._visible = self._stream.isatty()
        self._done = 0
        self._begin = self._drawn = time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._wipe()

    def step(self, name: str) -> None:
        """One step more is done; `name` says which."""
        self._done += 1
        self._draw(self._done / self._total, f"{self._done}/{self._total}", printable(name))
        if self._done == self._total:
            self._begin = time.monotonic()

    def step_path(self, path: os.PathLike[str]) -> None:
        """One step more is done, the file of this path."""
        self.step(os.path.basename(path))

    def at(self, share: float, name: str) -> None:
        """So much is done, 0 to 1, where there are no steps to count."""
        self._draw(share, f"{100 * share:.0f} %", name)

    def _draw(self, share: float, done: str, name: str) -> None:
        now = time.monotonic()
        if self._visible and now - self._drawn >= _INTERVAL:
            self._drawn = now
            self._wipe()
            self._stream.write(self._line(share, done, name, now))
            self._stream.flush()

    def write(self, text: str) -> None:
        """Print a line that stays, above the bar."""
        self._wipe()
        print(text, file=self._stream, flush=True)

    def _line(self, share: float, done: str, name: str, now: float) -> str:
        bar = ("#" * round(_WIDTH * share)).ljust(_WIDTH, "-")
        left = (now - self._begin) * (1 - share) / max(share, 1e-9)
        text = f"{bar} {done}, {left:.0f} s left, {name}"
        return text[: shutil.get_terminal_size().columns - 1]

    def _wipe(self) -> None:
        if self._visible:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
