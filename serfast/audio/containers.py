"""Whether a recording's file is whole, as its container (WAV, RF64, W64, AIFF, AU, Ogg) tells.

libsndfile shortens a recording whose data chunk runs past the end of the file without a word. A
half-copied recording would then give half the features; so the promise is compared with the file.
It also plays the whole pages of an Ogg file (Vorbis, Opus, FLAC in Ogg) that was cut off. The last
page of a stream has a flag that says so (RFC 3533, section 6), so a file that doesn't end in such
a page was cut off.
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO, NamedTuple

__all__ = ["Shortfall", "is_cut_off", "shortfall"]

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

# Wave64 names chunks by GUIDs whose first four bytes are those of RIFF's in lower case. A chunk's
# size counts its header of 24 bytes, and the next one starts at a multiple of 8.
_WAVE64 = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"
_WAVE64_DATA = b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"

_AU_ORDER = {b".snd": ">", b"dns.": "<"}

_CAPTURE = b"OggS\x00"  # and the version
_HEADER = 27
_LARGEST_PAGE = _HEADER + 255 + 255 * 255
_END_OF_STREAM = 4


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
    head = file.read(16)
    container = head[:4]
    if container in _AU_ORDER and len(head) >= 12:
        return _au(_AU_ORDER[container], head, length)
    if head == _WAVE64:
        return _wave64(file, length)
    if container not in _CONTAINERS:
        return None
    file.seek(12)
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


def _au(order: str, header: bytes, length: int) -> Shortfall | None:
    offset, size = struct.unpack(order + "II", header[4:12])
    present = max(0, length - offset)
    return None if size >= _SIZE_UNKNOWN or size <= present else Shortfall(size, present)


def _wave64(file: BinaryIO, length: int) -> Shortfall | None:
    file.seek(40)
    while len(header := file.read(24)) == 24:
        identifier, size = header[:16], int.from_bytes(header[16:], "little") - 24
        start = file.tell()
        present = length - start
        if identifier == _WAVE64_DATA:
            unknown = size < 0 or size >= 2**62
            return None if unknown or size <= present else Shortfall(size, present)
        if not 0 <= size <= present:
            return None
        file.seek(start + size + -size % 8)
    return None


def is_cut_off(file: BinaryIO) -> bool:
    """Tell whether a file is Ogg and its last page is incomplete or not marked as the last.

    Parameters
    ----------
    file : binary file object
        Seekable; its position is kept.
    """
    position = file.tell()
    try:
        file.seek(0)
        if file.read(len(_CAPTURE)) != _CAPTURE:
            return False
        length = file.seek(0, os.SEEK_END)
        file.seek(max(0, length - 2 * _LARGEST_PAGE))
        return not _ends(file.read())
    finally:
        file.seek(position)


def _ends(tail: bytes) -> bool:
    """Whether the last page in these bytes is whole and marked."""
    start = tail.rfind(_CAPTURE)
    if start < 0 or len(tail) < start + _HEADER:
        return False
    n_segments = tail[start + 26]
    sizes = tail[start + _HEADER : start + _HEADER + n_segments]
    end = start + _HEADER + n_segments + sum(sizes)
    return bool(tail[start + 5] & _END_OF_STREAM) and len(sizes) == n_segments and end <= len(tail)
