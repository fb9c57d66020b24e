"""A recording that arrives through a pipe, decoded while it comes if its format allows that.

WAV, AIFF, FLAC and MP3 are. In other formats something that a decoder needs may stand at the end:
those are read to their end first.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import Any

from .containers import Part, after_tags, chunked, flac, mpeg
from .containers.part import NEGLIGIBLE, unending
from .content import Content, Span
from .decoder import Decoder, Signal, is_recording
from .pipe import gathered
from .reading import blocks_at
from .recording import Recording
from .remarks import warn_of
from .sniffing import kind_of

__all__ = ["Arriving", "live_blocks", "live_decoder"]

_LONG = 1 << 40
"""How long the file seems to be whose end hasn't come."""
_KEPT = 1 << 20
"""Bytes that stay, so that a decoder can go back."""
_AT_ONCE = 1 << 16
_HEAD = 16
_MPEG_HEAD = 8192
"""Some frames of MPEG audio or AAC: four bytes of raw samples may look like one frame's header."""
_NAME = 4
"""Bytes of a name that raw samples don't begin with by chance."""


class Arriving:
    """What arrives, as a file that can seek within its last mebibyte. Reading waits for the bytes.

    Parameters
    ----------
    file : binary file object
        It is only read from.
    """

    def __init__(self, file: Any) -> None:
        self._file = file
        self._kept = bytearray()
        self._start = self._position = 0

    def tell(self) -> int:
        """Give the position."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move, without waiting, and give the position."""
        self._position = offset + (_LONG if whence == os.SEEK_END else 0)
        return self._position

    def read(self, size: int) -> bytes:
        """Give `size` bytes from the position on, fewer at the end."""
        stop = self._position + size
        while (end := self._start + len(self._kept)) < stop:
            if not (more := self._file.read(min(stop - end, _AT_ONCE))):
                break
            self._kept += more
            if len(self._kept) > 2 * _KEPT + size:
                self._start += len(self._kept) - _KEPT - size
                del self._kept[: -_KEPT - size]
        if self._position < self._start:
            raise ValueError(f"byte {self._position} is gone: it came through a pipe")
        data = bytes(self._kept[self._position - self._start : stop - self._start])
        self._position += len(data)
        return data


def live_decoder(name: str, arriving: Arriving) -> Decoder | None:
    """Give a decoder of what arrives; None if no recording begins there, but perhaps raw samples.

    Parameters
    ----------
    name : str
        What messages call it.
    arriving : Arriving
        At its beginning, and there again if the answer is None.

    Raises
    ------
    AudioError
        If it is a recording, but can't be read.
    """
    content = Content(name, arriving, window=1)
    if part := _live_part(content):
        return Decoder(Recording(content), [part])
    begin = after_tags(content, 0)
    head = content.at(begin, _HEAD)
    if head[:1] == b"\xff":
        head = content.at(begin, _MPEG_HEAD)
    arriving.seek(0)
    if not begin and not kind_of(head, shortest=_NAME):
        return None
    data = gathered(name, arriving.read, is_recording)
    return Decoder(Recording(Content(name, io.BytesIO(data))))


def live_blocks(
    decoder: Decoder, arriving: Arriving, sample_rate: int, block: int
) -> Iterator[Signal]:
    """Give what arrives piece by piece, at the sample rate wanted.

    Warns
    -----
    AudioWarning
        If something follows the recording.
    """
    yield from blocks_at(decoder, sample_rate, block)
    if len(arriving.read(NEGLIGIBLE)) == NEGLIGIBLE:
        warn_of(decoder.name, "what follows its first recording is passed over")


def _live_part(content: Content) -> Part | None:
    """Give what a decoder can read from its beginning on, without looking at its end."""
    if part := chunked.live_part(content):
        return part
    begin = after_tags(content, 0)
    rest = Span(begin, content.length)
    if flac.begins_at(content, begin):
        return Part((rest,))
    if not mpeg.begins_at(content, begin):
        return None
    part = unending(content, (rest,))
    return part._replace(estimated=not mpeg.has_count(content, begin))
