"""Named pipes as recordings: read to the end, without waiting for a writer that never comes."""

from __future__ import annotations

import os
import select

from ..errors import AudioError

__all__ = ["read_pipe"]

MAX_BYTES = 2**31
"""Most bytes taken from a pipe; it may have no end."""

PATIENCE = 5.0
"""How long to wait for somebody to write [s]."""

_BLOCK = 2**20


def read_pipe(name: str) -> bytes:
    """Everything that is written into the pipe of that name.

    Raises
    ------
    AudioError
        If nobody opens it for writing within 5 s, or there are more than 2 GiB.
    OSError
        If it can't be read.
    """
    # a blocking open would wait for a writer, for ever
    handle = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
    try:
        _await_writer(name, handle)
        os.set_blocking(handle, True)
        content = bytearray()
        while block := os.read(handle, _BLOCK):
            content += block
            if len(content) > MAX_BYTES:
                raise AudioError(f"{name}: must hold at most {MAX_BYTES} bytes, as a pipe")
        return bytes(content)
    finally:
        os.close(handle)


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
