"""The bytes of a recording by their positions, whichever file, object or bytes they come from."""

from __future__ import annotations

import inspect
import os
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, NamedTuple, NoReturn

from .._checks import fail, refuse
from ..errors import AudioError, ParameterError

__all__ = ["SOURCES", "Content", "Piece", "Pieces", "Span", "bytes_of", "n_bytes", "refuse_awaited"]

SOURCES = "a path, bytes, a binary file object or an array"
"""What a recording can be given as."""

_WINDOW = 1 << 16


class Span(NamedTuple):
    """The bytes from `start` up to, not including, `stop`."""

    start: int
    stop: int


Piece = Span | bytes


def n_bytes(piece: Piece) -> int:
    """Count the bytes of a piece."""
    return piece.stop - piece.start if isinstance(piece, Span) else len(piece)


class Content:
    """The bytes of a recording, read through a window.

    Parameters
    ----------
    name : str
        What messages call the recording.
    file : binary file object
        It can seek. It may be anybody's: what its methods raise becomes an AudioError.
    owned : bool
        Whether `close` closes it.
    window : int
        Fewest bytes to read at once.
    """

    def __init__(self, name: str, file: Any, *, owned: bool = False, window: int = _WINDOW) -> None:
        self.name = name
        self._least = window
        self._file, self._owned = file, owned
        self._start, self._window = 0, b""
        try:
            file.seek(0, os.SEEK_END)
            self.length = int(file.tell())
        except Exception as error:
            self._fail(error)

    def close(self) -> None:
        """Close the file, if it is owned."""
        if self._owned:
            self._file.close()

    def at(self, position: int, size: int) -> bytes:
        """Give `size` bytes from `position` on, fewer at the end."""
        offset = position - self._start
        if offset < 0 or offset + size > len(self._window):
            self._start = position
            self._window = self._read(position, max(size, self._least))
            offset = 0
        return self._window[offset : offset + size]

    def find(self, pattern: bytes, start: int, stop: int) -> int:
        """Give the first position of `pattern` that lies within start … stop, or -1."""
        size = len(pattern)
        while start + size <= stop and len(self.at(start, size)) == size:
            offset = self._window.find(pattern, start - self._start, stop - self._start)
            if offset >= 0:
                return self._start + offset
            start = self._start + len(self._window) - size + 1
        return -1

    def _read(self, position: int, size: int) -> bytes:
        try:
            self._file.seek(position)
            data = bytes_of(self._file, size)
            while len(data) < size and (more := bytes_of(self._file, size - len(data))):
                data += more
        except ParameterError:
            raise
        except Exception as error:
            self._window = b""
            self._fail(error)
        return data

    def _fail(self, error: Exception) -> NoReturn:
        text = getattr(error, "strerror", None) or str(error)
        kind = "" if isinstance(error, OSError) and text else f"{type(error).__name__}: "
        raise AudioError(f"{self.name}: can't be read ({kind}{text:.200})") from error


def bytes_of(file: Any, size: int) -> bytes:
    """Read up to so many bytes from a caller's file object, whatever its `read` gives."""
    data = file.read(size)
    if inspect.isawaitable(data):
        getattr(data, "close", int)()  # of a coroutine that is never awaited Python warns
        refuse_awaited(file)
    if data is None:
        refuse("path", "a file that waits for its bytes", "one that has none yet and doesn't wait")
    if not isinstance(data, (bytes, bytearray, memoryview)):
        fail("path", "opened in binary mode", file)
    return bytes(data)


def refuse_awaited(file: Any) -> NoReturn:
    """Refuse a file object whose `read` must be awaited."""
    given = f"a {type(file).__name__} whose read() must be awaited: give the bytes that it gives"
    refuse("path", SOURCES, given)


class Pieces:
    """Pieces of a recording, and bytes between them, as one file that a decoder reads.

    A decoder calls the methods from C, where an exception is lost: the first one is kept in
    `failure`, and the file then seems to end.

    Parameters
    ----------
    content : Content
    pieces : sequence of Span or bytes
        A span may reach beyond the content's end: reading stops there, but the file is as long as
        all pieces together.
    """

    def __init__(self, content: Content, pieces: Sequence[Piece]) -> None:
        self.failure: BaseException | None = None
        self.fell_short = False
        """Whether more bytes were asked for than there are."""
        self._content, self._pieces = content, pieces
        self._stops = list(accumulate(map(n_bytes, pieces)))
        self._length = self._stops[-1] if self._stops else 0
        self._position = 0

    def seekable(self) -> bool:
        """Say that it can seek."""
        return True

    def tell(self) -> int:
        """Give the position."""
        return self._position

    def left(self) -> int:
        """Count the bytes behind the position."""
        return max(0, self._length - self._position)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move as files do, and give the position."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position}.get(whence, self._length)
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Give up to `size` bytes; the rest of the file if it is negative."""
        wanted = self._length - self._position if size < 0 else size
        parts = []
        while wanted > 0 and (part := self._next(wanted)):
            parts.append(part)
            self._position += len(part)
            wanted -= len(part)
        self.fell_short |= wanted > 0
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer, and give how many bytes there were for it."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _next(self, wanted: int) -> bytes:
        """Give bytes from the position on, all from one piece."""
        at = bisect_right(self._stops, self._position)
        if at == len(self._pieces):
            return b""
        piece = self._pieces[at]
        offset = self._position - (self._stops[at] - n_bytes(piece))
        if isinstance(piece, bytes):
            return piece[offset : offset + wanted]
        try:
            return self._content.at(piece.start + offset, min(wanted, n_bytes(piece) - offset))
        except BaseException as error:  # an interrupt, too, must not be lost in C
            self.failure = self.failure or error
            return b""
