"""FLAC: streams that may follow one another, each with a STREAMINFO block at its beginning.

libFLAC stops with an error where a second stream begins. The eight bytes that a stream begins with
can't be there by chance: its name, and the type and length of that block.
"""

from __future__ import annotations

from ..content import Content, Span
from .part import Part, Reading
from .tags import end_without_tags

__all__ = ["begins_at", "read"]

_NAME = b"fLaC"
_BEGINNINGS = (_NAME + b"\x00\x00\x00\x22", _NAME + b"\x80\x00\x00\x22")


def read(content: Content, start: int) -> Reading | None:
    """Give the streams that begin at `start`, one after the other; None if it isn't FLAC."""
    if not begins_at(content, start):
        return None
    stop = end_without_tags(content, start)
    begins = [start]
    while (following := _following(content, begins[-1] + 8, stop)) > 0:
        begins.append(following)
    spans = zip(begins, [*begins[1:], stop], strict=True)
    parts = tuple(Part((Span(*span),), open_end=True) for span in spans)
    return Reading(parts, content.length)


def begins_at(content: Content, position: int) -> bool:
    """Tell whether a stream begins at a position."""
    return content.at(position, 8) in _BEGINNINGS


def _following(content: Content, start: int, stop: int) -> int:
    position = content.find(_NAME, start, stop)
    while position > 0 and not begins_at(content, position):
        position = content.find(_NAME, position + 1, stop)
    return position
