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

NOT_LAST = "no Ogg page says that it is the last"
"""How one can tell that a stream was cut off."""


class _Page(NamedTuple):
    """Where a page is, and what its header says."""

    start: int
    stop: int
    flags: int
    is_whole: bool


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
    while (page := _next_page(content, last.stop)) is not None:
        skipped += page.start - last.stop
        if page.flags & _FIRST and not last.flags & _FIRST:
            parts.append(_part(begin, last))
            begin = page.start
        last = page
    parts.append(_part(begin, last))
    return Reading(tuple(parts), last.stop, skipped)


def _part(begin: int, last: _Page) -> Part:
    ends = last.is_whole and last.flags & _LAST
    return Part((Span(begin, last.stop),), lack="" if ends else NOT_LAST)


def _page(content: Content, start: int) -> _Page | None:
    header = content.at(start, _HEADER)
    if len(header) < _HEADER or not header.startswith(_CAPTURE):
        return None
    sizes = content.at(start + _HEADER, header[26])
    stop = start + _HEADER + header[26] + sum(sizes)
    is_whole = len(sizes) == header[26] and stop <= content.length
    return _Page(start, min(stop, content.length), header[5], is_whole)


def _next_page(content: Content, position: int) -> _Page | None:
    """Give the page at `position`, or the first one behind it."""
    while 0 <= position < content.length:
        if page := _page(content, position):
            return page
        position = content.find(_CAPTURE, position + 1, content.length)
    return None
