"""AU, Wave64, CAF and NIST SPHERE: containers that say at one place how long the samples are.

As in WAV files, it may be 0 there, or a value that means "until the end of the file".
"""

from __future__ import annotations

import math
import re
import struct
from typing import NamedTuple

from ..content import Content, Span
from .part import Part, Reading, is_printable, missing, next_like, replaced

__all__ = ["read"]

# Wave64 names chunks by GUIDs whose first four bytes are those of RIFF's in lower case. A chunk's
# size counts its header of 24 bytes, and the next one starts at a multiple of 8.
_WAVE64 = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"
_WAVE64_DATA = b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"
_AU_ORDER = {b".snd": ">", b"dns.": "<"}
_AU_UNKNOWN = 0x7FFF0000
_NIST = b"NIST_1A\n"
_NIST_FIELD = re.compile(rb"^(sample_count|channel_count|sample_n_bytes) -\w+ (\d{1,15})$", re.M)
_WIDE_UNKNOWN = 2**62


class _Data(NamedTuple):
    """Where the samples are."""

    start: int
    size: int | None  # None: it isn't known
    size_at: int = 0
    size_format: str = ""
    counted: int = 0  # how much the field counts beyond `size`
    padding: int = 1  # what follows begins at a multiple of this


def read(content: Content, start: int) -> Reading | None:
    """Give the part that begins at `start`; None if it is no such container."""
    head = content.at(start, 16)
    data: _Data | None
    if head[:4] in _AU_ORDER and len(head) >= 12:
        data = _au(_AU_ORDER[head[:4]], start, head)
    elif head == _WAVE64:
        data = _wave64(content, start)
    elif head[:4] == b"caff":
        data = _caf(content, start)
    elif head[:8] == _NIST:
        data = _nist(content, start)
    else:
        return None
    if data is None:
        return Reading((Part((Span(start, content.length),)),), content.length)
    present = max(0, content.length - data.start)
    if data.size is None or (data.size == 0 and present):
        stop = next_like(content, start, data.start, slice(4, 8))
        field = struct.pack(
            data.size_format, min(max(0, stop - data.start) + data.counted, 0xFFFFFFF0)
        )
        pieces = replaced(content, Span(start, stop), {data.size_at: field})
        return Reading((Part(pieces),), stop)
    stop = min(data.start + data.size + -data.size % data.padding, content.length)
    if head[:4] == b"caff":
        stop = _end_of_caf(content, stop)
    return Reading((Part((Span(start, stop),), lack=missing(data.size, present)),), stop)


def _au(order: str, start: int, head: bytes) -> _Data:
    offset, size = struct.unpack(order + "II", head[4:12])
    known = None if size >= _AU_UNKNOWN else size
    return _Data(start + offset, known, start + 8, order + "I")


def _wave64(content: Content, start: int) -> _Data | None:
    position = start + 40
    while len(header := content.at(position, 24)) == 24:
        identifier, size = header[:16], int.from_bytes(header[16:], "little") - 24
        if identifier == _WAVE64_DATA:
            known = size if 0 <= size < _WIDE_UNKNOWN else None
            return _Data(position + 24, known, position + 16, "<Q", counted=24, padding=8)
        if not 0 <= size <= content.length - position - 24:
            return None
        position += 24 + size + -size % 8
    return None


def _caf(content: Content, start: int) -> _Data | None:
    position = start + 8
    while len(header := content.at(position, 12)) == 12:
        identifier, size = struct.unpack(">4sq", header)
        if identifier == b"data":  # the samples follow a count of edits, which is counted too
            known = size - 4 if 4 <= size < _WIDE_UNKNOWN else None
            return _Data(position + 16, known, position + 4, ">q", counted=4)
        if not 0 <= size <= content.length - position - 12:
            return None
        position += 12 + size
    return None


def _nist(content: Content, start: int) -> _Data | None:
    header_size = content.at(start + 8, 8).strip()
    if not header_size.isdigit():
        return None
    header = content.at(start, min(int(header_size), 1 << 16))
    fields = {bytes(name): int(value) for name, value in _NIST_FIELD.findall(header)}
    if len(fields) < 3 or not all(fields.values()) or b"shorten" in header:
        return None  # how many bytes there are isn't said
    return _Data(start + int(header_size), math.prod(fields.values()))


def _end_of_caf(content: Content, position: int) -> int:
    """Give where the chunks after the samples end."""
    while len(header := content.at(position, 12)) == 12 and is_printable(header[:4]):
        size = int(struct.unpack(">q", header[4:])[0])
        if not 0 <= size <= content.length - position - 12:
            break
        position += 12 + size
    return position
