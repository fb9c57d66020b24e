"""Standard output and standard error, whatever the shell made of them."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["drop_output", "forgiving", "make_usable", "of_output"]

_WRITING = {errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)}
"""What goes wrong in writing: no room (of one's own), a file too large, a broken disk."""


def make_usable() -> None:
    """Have both take all text: closed ones drop it, ASCII ones show '?'."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None or stream.closed:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextmanager
def forgiving() -> Iterator[None]:
    """Have standard error drop what it can't write meanwhile.

    It is often a log on the disk that the output goes to, and no message is worth the work that
    would be lost if it were an error.
    """
    stream = sys.stderr
    if type(stream) is not io.TextIOWrapper:  # somebody's own
        yield
        return
    sys.stderr = _Forgiving(
        stream.buffer, encoding=stream.encoding, errors="replace", line_buffering=True
    )
    try:
        yield
    finally:
        ours, sys.stderr = sys.stderr, stream
        if isinstance(ours, _Forgiving):
            ours.flush()
            with suppress(OSError):
                ours.detach()  # or it would close what it shares with the other


def of_output(error: Exception) -> Exception:
    """Name standard output if that can't be written to: no other error of writing has no name."""
    try:
        sys.stdout.flush()
    except OSError as late:
        error = late
        drop_output()
    if isinstance(error, OSError) and error.filename is None and error.errno in _WRITING:
        return OSError(error.errno, error.strerror, "standard output")
    return error


def drop_output() -> None:
    """Give what is left for standard output somewhere to go: Python flushes it on its way out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Forgiving(io.TextIOWrapper):
    def write(self, text: str, /) -> int:
        with suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()
