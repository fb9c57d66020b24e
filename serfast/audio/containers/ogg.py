"""Ogg: pages, of streams that may follow one another (RFC 3533), each with a first and a last page.

libsndfile plays the first stream of such a chain, and the whole pages of one that was cut off. So
the pages are walked through here: each stream of a chain is a part, and one whose last page doesn't
say that it is the last was cut off.
"""

from __future__ import annotations

from typing import NamedTuple

from ..content import Content, Span
from .part import Part, Reading

__all__ = ["NOT_LAST", "read"]

_CAPTURE = b"OggS\x00"  # and the version
_HEADER = 27
_FIRST, _LAST = 2, 4
_SOUND = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex   ")
"""How the first pages of streams of sound begin; others hold pictures or an index."""

NOT_LAST = "no Ogg page says that it is the last"
"""How one can tell that a stream was cut off."""


class _Page(NamedTuple):
    """Where a page is, and what its header says."""

    start: int
    stop: int
    flags: int
    is_whole: bool
    is_sound: bool
    """Whether a stream of sound begins with it."""


def read(content: Content, start: int) -> Reading | None:
    """Give the streams that begin at `start`, one after the other; None if it isn't Ogg."""
    if content.at(start, len(_CAPTURE)) != _CAPTURE:
        return None
    parts: list[Part] = []
    begin, skipped = start, 0
    last = _page(content, start)
    if last is None:
        part = Part((Span(start, content.length),), lack=NOT_LAST)
        return Reading((part,), content.length)
    n_streams = int(last.is_sound)
    while (page := _next_page(content, last.stop)) is not None:
        skipped += page.start - last.stop
        if page.flags & _FIRST and not last.flags & _FIRST:
            parts.append(_part(begin, last, n_streams))
            begin, n_streams = page.start, 0
        n_streams += page.is_sound
        last = page
    parts.append(_part(begin, last, n_streams))
    return Reading(tuple(parts), last.stop, skipped)


def _part(begin: int, last: _Page, n_streams: int) -> Part:
    ends = last.is_whole and last.flags & _LAST
    doubt = f"holds {n_streams} streams of sound at once; one is read" if n_streams > 1 else ""
    return Part((Span(begin, last.stop),), lack="" if ends else NOT_LAST, doubt=doubt)


def _page(content: Content, start: int) -> _Page | None:
    header = content.at(start, _HEADER)
    if len(header) < _HEADER or not header.startswith(_CAPTURE):
        return None
    sizes = content.at(start + _HEADER, header[26])
    stop = start + _HEADER + header[26] + sum(sizes)
    is_whole = len(sizes) == header[26] and stop <= content.length
    is_first = header[5] & _FIRST
    body = content.at(start + _HEADER + header[26], 8) if is_first else b""
    return _Page(start, min(stop, content.length), header[5], is_whole, body.startswith(_SOUND))


def _next_page(content: Content, position: int) -> _Page | None:
    """Give the page at `position`, or the first one behind it."""
    while 0 <= position < content.length:
        if page := _page(content, position):
            return page
        position = content.find(_CAPTURE, position + 1, content.length)
    return None
