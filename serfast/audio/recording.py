"""What a caller gives as a recording (a path, a pipe, bytes, a file object) → its bytes."""

from __future__ import annotations

import inspect
import io
import os
import stat
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

from .._checks import fail
from ..errors import AudioError
from ..urls import UrlPath, as_path
from .content import SOURCES, Content, bytes_of, refuse_awaited
from .pipe import gathered, read_pipe

__all__ = ["Recording", "Source", "opened"]

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO


class Recording(NamedTuple):
    """The bytes of a recording, and the path by which a library can open it itself."""

    content: Content
    path: str | bytes | None = None


def opened(source: Source, recognised: Callable[[bytes], bool]) -> Recording:
    """Open what the caller gave.

    Parameters
    ----------
    source : path, bytes-like, or binary file object
    recognised : callable
        Asked whether the first bytes that come through a pipe begin a recording: a pipe that
        brings something else may have no end.

    Raises
    ------
    ParameterError
        It is nothing of that kind.
    AudioError
        It can't be read, or is empty.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        recording = Recording(Content(f"<{type(source).__name__}>", io.BytesIO(source)))
    elif hasattr(source, "read"):
        recording = Recording(_from_file(source, recognised))
    else:
        recording = _from_path(source, recognised)
    if not recording.content.length:
        recording.content.close()
        raise AudioError(f"{recording.content.name}: is empty")
    return recording


def _from_path(path: Any, recognised: Callable[[bytes], bool]) -> Recording:
    try:
        name = os.fsdecode(path)
    except TypeError:
        fail("path", SOURCES, path)
    if isinstance(url := as_path(name), UrlPath):
        return Recording(_from_url(url))
    if name.lower().endswith(".raw"):
        raise AudioError(f"{name}: has no header to tell rate and format; convert it to WAV")
    try:
        mode = os.stat(name).st_mode
        if stat.S_ISFIFO(mode):
            return Recording(Content(name, io.BytesIO(read_pipe(name, recognised))))
        _check_kind(name, mode)
        content = Content(name, open(name, "rb"), owned=True)  # noqa: SIM115 (the content closes it)
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        raise AudioError(f"{name}: {_reason(error)}") from error
    return Recording(content, name if os.name == "nt" else os.fsencode(name))


def _reason(error: OSError | ValueError) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return f"{reason[:1].lower()}{reason[1:]}"


def _from_url(url: UrlPath) -> Content:
    try:
        return Content(str(url), io.BytesIO(url.read_bytes()))
    except OSError as error:
        raise AudioError(f"{url}: {_reason(error)}") from error


def _check_kind(name: str, mode: int) -> None:
    """Refuse what isn't a file before opening it: a device may never end."""
    if stat.S_ISDIR(mode):
        raise AudioError(f"{name}: is a folder, not a recording")
    if not stat.S_ISREG(mode):
        raise AudioError(f"{name}: is a device or socket, not a recording")


def _from_file(file: Any, recognised: Callable[[bytes], bool]) -> Content:
    if getattr(file, "closed", False) is True:
        fail("path", "an open file", file)
    if isinstance(file, io.TextIOBase):
        fail("path", "opened in binary mode", file)
    if inspect.iscoroutinefunction(file.read):
        refuse_awaited(file)
    name = getattr(file, "name", None)
    name = name if isinstance(name, str) else f"<{type(file).__name__}>"
    if _can_seek(file):
        return Content(name, file)
    data = gathered(name, lambda size: bytes_of(file, size), recognised)
    return Content(name, io.BytesIO(data))


def _can_seek(file: Any) -> bool:
    try:
        return bool(file.seekable()) and hasattr(file, "seek")
    except Exception:  # it is anybody's object; most often it has no such method
        return False
