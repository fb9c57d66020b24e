"""The parts of a recording's file, as its container tells, and whether they are whole.

A file may hold several recordings, one behind the other; its header may promise more than there is,
or say nothing of how much there is. What a container says and what the file holds are compared
here, so that the decoder gets what it can read to the end, and nothing is left out without a word.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from ..content import Content
from ..sniffing import HEAD, kind_of
from . import chunked, flac, mpeg, ogg, sized
from .part import BEGINNINGS, NEGLIGIBLE, Part, Reading, Shortfall
from .tags import after_tags

__all__ = ["Part", "Shortfall", "after_tags", "is_cut_off", "read_parts", "shortfall"]

_READERS: tuple[Callable[[Content, int], Reading | None], ...]
_READERS = (chunked.read, sized.read, ogg.read, flac.read)


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
    if left and not any(content.at(position, NEGLIGIBLE)):
        left = 0  # the file was filled up with zeros
    if skipped + left <= NEGLIGIBLE:
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
        if kind_of(content.at(begin, HEAD)):
            return None  # there may be MP3 in it, as in a film, but not from its beginning on
    return mpeg.read(content, position)


def shortfall(file: BinaryIO) -> Shortfall | None:
    """Say how many sample bytes are missing from a container, if any.

    Parameters
    ----------
    file : binary file object
        It can seek; its position is kept.
    """
    return next((lack for lack in _lacks(file) if isinstance(lack, Shortfall)), None)


def is_cut_off(file: BinaryIO) -> bool:
    """Tell whether a file is Ogg and a stream's last page is incomplete or not marked as the last.

    Parameters
    ----------
    file : binary file object
        It can seek; its position is kept.
    """
    return ogg.NOT_LAST in _lacks(file)


def _lacks(file: BinaryIO) -> list[Shortfall | str]:
    position = file.tell()
    try:
        return [part.lack for part in read_parts(Content("file", file))[0]]
    finally:
        file.seek(position)
