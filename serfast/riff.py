"""Whether a RIFF or IFF container (WAV, RF64, AIFF) holds all the bytes that its header promises.

libsndfile shortens a recording whose data chunk runs past the end of the file without a word. A
half-copied recording would then give half the features; so the promise is compared with the file.
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO, NamedTuple

__all__ = ["Shortfall", "shortfall"]

# container: byte order, identifier of the chunk that holds the samples
_CONTAINERS = {
    b"RIFF": ("<", b"data"),
    b"RIFX": (">", b"data"),
    b"RF64": ("<", b"data"),
    b"FORM": (">", b"SSND"),
}

# Programs that write into a pipe can't go back to fill the size in. They leave 0x7FFFF000 (sox,
# espeak-ng), 0x80000000 or 0xFFFFFFFF (ffmpeg) there: "until the end of the file".
_SIZE_UNKNOWN = 0x7FFF0000


class Shortfall(NamedTuple):
    """The sample bytes that a header promises, and those that are there."""

    promised: int
    present: int


def shortfall(file: BinaryIO) -> Shortfall | None:
    """Say how many sample bytes are missing from a container, if any.

    Parameters
    ----------
    file : binary file object
        Seekable; read from its start, its position is kept.

    Returns
    -------
    Shortfall or None
        None if all is there, the size is unknown (written to a pipe, or above 2 GiB outside
        RF64), or the file is of another kind.
    """
    position = file.tell()
    try:
        return _shortfall(file)
    finally:
        file.seek(position)


def _shortfall(file: BinaryIO) -> Shortfall | None:
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    container = file.read(12)[:4]
    if container not in _CONTAINERS:
        return None
    order, data_id = _CONTAINERS[container]
    wide_size = None
    while len(header := file.read(8)) == 8 and any(header):
        identifier, size = struct.unpack(order + "4sI", header)
        start = file.tell()
        if identifier == b"ds64" and len(sizes := file.read(16)) == 16:
            wide_size = struct.unpack("<QQ", sizes)[1]
        if identifier == data_id:
            known = wide_size if wide_size is not None else size
            unknown = wide_size is None and size >= _SIZE_UNKNOWN
            present = length - start
            return None if unknown or known <= present else Shortfall(known, present)
        file.seek(start + size + size % 2)  # chunks start at even offsets
    return None
