"""Tags (title, artist, pictures) around and between streams of MP3 and FLAC: where they end."""

from __future__ import annotations

import struct

from ..content import Content

__all__ = ["after_tag", "after_tags", "end_without_tags"]

_ID3V1 = 128
_APE = 32


def after_tags(content: Content, position: int) -> int:
    """Give where the tags at `position` end; `position` if there are none."""
    while (after := after_tag(content, position)) > position:
        position = after
    return min(position, content.length)


def after_tag(content: Content, position: int) -> int:
    """Give where the tag at `position` ends; `position` if there is none."""
    head = content.at(position, 16)
    if head[:3] == b"ID3" and len(head) >= 10 and max(head[6:10]) < 0x80:
        size = sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        return position + 10 + size + (10 if head[5] & 0x10 else 0)
    if head[:3] == b"TAG":
        return position + _ID3V1
    if head[:8] == b"APETAGEX" and len(head) == 16:
        return position + _APE + int(struct.unpack("<I", head[12:])[0])
    return position


def end_without_tags(content: Content, start: int) -> int:
    """Give where the tags at the end of the file begin; the end if there are none."""
    stop = content.length
    if stop - _ID3V1 > start and content.at(stop - _ID3V1, 3) == b"TAG":
        stop -= _ID3V1
    footer = content.at(stop - _APE, _APE) if stop - _APE > start else b""
    if footer[:8] == b"APETAGEX" and len(footer) == _APE:
        size, _, flags = struct.unpack("<III", footer[12:24])
        begin = stop - int(size) - (_APE if flags & 0x80000000 else 0)
        stop = begin if begin > start else stop
    return stop
