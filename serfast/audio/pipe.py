"""Pipes as recordings: read to the end, without waiting for a writer that never comes."""

from __future__ import annotations

import os
import select
from collections.abc import Callable

from ..errors import AudioError, ParameterError

__all__ = ["gathered", "read_pipe"]

MAX_BYTES = 2**31
"""Most bytes taken from a pipe; it may have no end."""

PATIENCE = 5.0
"""How long to wait for somebody to write [s]."""

_BLOCK = 2**20


def read_pipe(name: str, recognised: Callable[[bytes], bool]) -> bytearray:
    """Everything that is written into the pipe of that name.

    Parameters
    ----------
    name : str
    recognised : callable
        As for :func:`gathered`.

    Raises
    ------
    AudioError
        If nobody opens it for writing within 5 s, it brings no recording, or more than 2 GiB.
    OSError
        If it can't be opened.
    """
    # a blocking open would wait for a writer, for ever
    handle = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
    try:
        _await_writer(name, handle)
        os.set_blocking(handle, True)
        return gathered(name, lambda size: os.read(handle, size), recognised)
    finally:
        os.close(handle)


def gathered(
    name: str, read: Callable[[int], bytes], recognised: Callable[[bytes], bool]
) -> bytearray:
    """Everything that `read` gives until it gives nothing.

    Parameters
    ----------
    name : str
        What messages call the recording.
    read : callable
        Gives up to as many bytes as it is asked for.
    recognised : callable
        Asked once whether the first MiB begins a recording. If it doesn't, the rest isn't waited
        for.

    Raises
    ------
    AudioError
        If it is no recording, there are more than 2 GiB, or `read` fails.
    """
    content = bytearray()
    asked = False
    while block := _next_block(name, read):
        content += block
        if len(content) > MAX_BYTES:
            raise AudioError(f"{name}: must hold at most {MAX_BYTES} bytes, as a pipe")
        if not asked and len(content) >= _BLOCK:
            asked = True
            if not recognised(bytes(content)):
                raise AudioError(f"{name}: not audio that can be read, by its first MiB")
    return content


def _next_block(name: str, read: Callable[[int], bytes]) -> bytes:
    try:
        return read(_BLOCK)
    except (AudioError, ParameterError):
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        raise AudioError(f"{name}: can't be read ({text:.200})") from error


def _await_writer(name: str, handle: int) -> None:
    watch = select.poll()
    watch.register(handle, select.POLLIN)
    if watch.poll(1000 * PATIENCE):
        return
    try:
        os.read(handle, 1)  # nothing is there: this is the end, or BlockingIOError
    except BlockingIOError:
        return  # somebody has it open and is taking time
    raise AudioError(f"{name}: is a pipe that nobody writes to")
