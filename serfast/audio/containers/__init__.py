"""The parts of a recording's file, as its container tells, and whether they are whole.

A file may hold several recordings, one behind the other; its header may promise more than there is,
or say nothing of how much there is. What a container says and what the file holds are compared
here, so that the decoder gets what it can read to the end, and nothing is left out without a word.
"""

from __future__ import annotations

from collections.abc import Callable

from ..content import Content
from . import chunked, flac, mpeg, ogg, sized
from .part import BEGINNINGS, Part, Reading
from .tags import after_tags

__all__ = ["Part", "after_tags", "read_parts"]

_READERS: tuple[Callable[[Content, int], Reading | None], ...]
_READERS = (chunked.read, sized.read, ogg.read, flac.read)
_NEGLIGIBLE = 1024
"""So many bytes that belong to no part aren't worth a word."""


def read_parts(content: Content) -> tuple[list[Part], str]:
    """Give the parts of a recording, and a remark on what belongs to none.

    Parameters
    ----------
    content : Content

    Returns
    -------
    parts : list of Part
        Empty if the container isn't known here.
    remark : str
        Empty if there is nothing to say.
    """
    parts: list[Part] = []
    position = skipped = 0
    while (reading := _reading(content, position)) and reading.stop > position:
        parts += reading.parts
        skipped += reading.skipped
        position = reading.stop
    position = after_tags(content, position)
    left = content.length - position if parts else 0
    if left and not any(content.at(position, _NEGLIGIBLE)):
        left = 0  # the file was filled up with zeros
    if skipped + left <= _NEGLIGIBLE:
        return parts, ""
    return parts, f"{skipped + left} bytes that are no audio are passed over"


def _reading(content: Content, position: int) -> Reading | None:
    """Read what begins at a position, behind tags."""
    begin = after_tags(content, position)
    if begin >= content.length:
        return None
    if position == 0 or content.at(begin, 4) in BEGINNINGS:
        for read in _READERS:
            if reading := read(content, begin):
                return reading
    return mpeg.read(content, position)
