"""A progress bar on standard error where it is a terminal; elsewhere a line from time to time."""

from __future__ import annotations

import os
import shutil
import sys
import time
import unicodedata
from types import TracebackType
from typing import TextIO

from ..corpora.messages import printable

__all__ = ["Progress"]

_INTERVAL = 0.1  # seconds between two drawings
_WIDTH = 28
_NARROW = 8  # width of the bar if the line is full
_FIRST, _LAST = 10.0, 60.0
"""Seconds until the first plain line; each next one takes twice as long, at most the second."""
_JUMP, _MOMENT = 0.005, 0.05
"""More than this share within so many seconds was done before, and is only counted now."""
_LEAST = 1e-4
"""Of a smaller share nobody can tell how long the rest takes."""


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
    visible : bool
        False: draw nothing, since other lines come to this terminal.
    command : str, optional
        Where nothing is drawn, a line that begins with it says from time to time how far it is.
    """

    def __init__(
        self,
        total: int,
        stream: TextIO | None = None,
        *,
        visible: bool = True,
        command: str | None = None,
    ) -> None:
        self._total = total
        self._stream = sys.stderr if stream is None else stream
        self._visible = visible and self._stream.isatty()
        self._command = command if visible and not self._visible else None
        self._done = 0
        self._share = self._before = 0.0
        self._pause = _FIRST
        self._line_before = ""
        self._begin = self._drawn = self._at = time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._wipe()
        self._line_before = ""

    def step(self, name: str) -> None:
        """One step more is done; `name` says which."""
        self._done += 1
        now = time.monotonic()
        self._draw(self._done / self._total, f"{self._done}/{self._total}", printable(name), now)
        if self._done == self._total:
            self._begin = self._at = time.monotonic()

    def step_path(self, path: os.PathLike[str]) -> None:
        """One step more is done, the file of this path."""
        self.step(os.path.basename(path))

    def at(self, share: float, name: str) -> None:
        """So much is done, 0 to 1, where there are no steps to count.

        What was done before and comes all at once doesn't count for the time left.
        """
        now = time.monotonic()
        if share - self._share > _JUMP and now - self._at < _MOMENT:
            self._begin, self._before = now, share
        self._share, self._at = share, now
        self._draw(share, f"{100 * share:.0f} %", name, now)

    def _draw(self, share: float, done: str, name: str, now: float) -> None:
        if self._visible and now - self._drawn >= _INTERVAL:
            self._drawn = now
            self._line_before = self._line(share, done, name, now)
            self._wipe()
            self._stream.write(self._line_before)
            self._stream.flush()
        elif self._command is not None and now - self._drawn >= self._pause:
            self._drawn, self._pause = now, min(2 * self._pause, _LAST)
            figures = f"{done}, {self._left(share, now)}"
            print(f"{self._command}: {figures}{name}", file=self._stream, flush=True)

    def write(self, text: str) -> None:
        """Print a line that stays, above the bar."""
        self._wipe()
        print(text, file=self._stream, flush=True)
        if self._visible and self._line_before:
            self._stream.write(self._line_before)
            self._stream.flush()

    def _left(self, share: float, now: float) -> str:
        """Reckon how long the rest takes, as "3 min left, "; nothing if that can't be told yet."""
        gained = share - self._before
        if gained < _LEAST:
            return ""
        return f"{_duration((now - self._begin) * (1 - share) / gained)} left, "

    def _line(self, share: float, done: str, name: str, now: float) -> str:
        """Lay out a line that fits: the bar gives way first, then the middle of the name.

        The end of a name has what matters, such as the recall that a training has reached.
        """
        figures = f" {done}, {self._left(share, now)}"
        most = shutil.get_terminal_size().columns - 1
        room = most - len(figures)
        width = min(_WIDTH, max(_NARROW, room - _columns(name)))
        bar = ("#" * round(width * share)).ljust(width, "-")
        line = bar + figures + _fitted(name, room - width)
        return line if _columns(line) <= most else line[:most]

    def _wipe(self) -> None:
        if self._visible:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _duration(seconds: float) -> str:
    """Write a time in the unit in which a reader thinks of it."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _fitted(text: str, room: int) -> str:
    """Leave out as much of the middle as doesn't fit; more is kept of the end."""
    if _columns(text) <= room:
        return text
    end = len(text)
    while end and _columns(text[:end]) > max(0, room - 1) // 4:
        end -= 1
    begin = end
    while begin < len(text) and _columns(text[:end]) + 1 + _columns(text[begin:]) > room:
        begin += 1
    return f"{text[:end]}…{text[begin:]}"


def _columns(text: str) -> int:
    """Count the columns that a terminal needs: East Asian characters are two wide."""
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )
