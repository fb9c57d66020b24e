"""MPEG audio (MP3): frames one after the other, each with a header that tells its length.

Nothing says how many frames there are, unless the first is a "Xing" or "Info" frame. Without one
libsndfile guesses from the first frame's size, which is wrong for a variable rate, and stops there;
with one it stops after that many, though another recording may follow. So the frames are walked
through here, unless the first frame's count of bytes fits the file.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from ..content import Content, Span
from .part import Part, Reading, replaced, unending
from .tags import after_tag, after_tags, end_without_tags

__all__ = ["Frame", "begins_at", "frame_at", "has_count", "read"]

_KILOBITS = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Kilobits a second by (generation, layer): ISO 11172-3, and 13818-3 for the second generation."""

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Samples a second by version: MPEG-1, MPEG-2, and MPEG-2.5."""

_SEARCHED = 1 << 14
"""How far into a file a first frame may be."""

_SURE = 4
"""So many frames in a row are none by chance, wherever they are."""

_PEEK = 64


class Frame(NamedTuple):
    """What a frame's header says."""

    size: int
    kind: tuple[int, int, int, bool]
    """Version, layer, rate, mono: what all frames of a recording have in common."""


def frame_at(content: Content, position: int) -> Frame | None:
    """Give the frame whose header is at `position`, or None."""
    header = content.at(position, 4)
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, 4 - (header[1] >> 1 & 3)
    rate_index, bit_index = header[2] >> 2 & 3, header[2] >> 4
    if version == 1 or layer == 4 or rate_index == 3 or not 0 < bit_index < 15:
        return None
    generation = 1 if version == 3 else 2
    rate, padding = _RATES[version][rate_index], header[2] >> 1 & 1
    bits = 1000 * _KILOBITS[generation, min(layer, 4 - generation)][bit_index - 1]
    if layer == 1:
        size = (12 * bits // rate + padding) * 4
    else:
        size = (72 if layer == 3 and generation == 2 else 144) * bits // rate + padding
    return Frame(size, (version, layer, rate, header[3] >> 6 == 3))


def read(content: Content, start: int, stop: int | None = None) -> Reading | None:
    """Give the parts from `start` to `stop`, one after the other; None if it isn't MPEG audio.

    Parameters
    ----------
    content : Content
    start : int
    stop : int, optional
        Default: the end of the file, tags not counted.
    """
    end = end_without_tags(content, start) if stop is None else min(stop, content.length)
    first = _first_frame(content, start, end)
    if first is None:
        return None
    promise = _promise(content, first)
    if stop is None and promise.n_bytes == end - first and _fits(content, first, promise):
        begin = start if after_tags(content, start) == first else first
        return Reading((Part((Span(begin, content.length),)),), content.length)
    reading = _Walk(content, end).parts(first)
    return reading if reading.parts else None


def begins_at(content: Content, position: int) -> bool:
    """Tell whether so many frames begin at a position that it is no chance."""
    return _chained(content, position, content.length, _SURE)


def has_count(content: Content, position: int) -> bool:
    """Tell whether the frame at a position says how many follow."""
    return _promise(content, position).n_frames > 0


class _Promise(NamedTuple):
    """What a first frame says of those behind it, if it is one that does."""

    n_frames: int = 0
    n_bytes: int = 0
    name: bytes = b""
    count_at: int = 0
    """Where in the file the count of frames is."""


def _promise(content: Content, position: int) -> _Promise:
    """Read the "Xing" or "Info" frame at `position`, if it is one, or a "VBRI" frame."""
    data = content.at(position, _PEEK)
    if len(data) < _PEEK:
        return _Promise()
    mono, first = data[3] >> 6 == 3, data[1] >> 3 & 3 == 3
    at = 4 + ((17 if mono else 32) if first else (9 if mono else 17))
    at += 0 if data[1] & 1 else 2  # a checksum
    if data[at : at + 4] in (b"Xing", b"Info"):
        flags, *counts = struct.unpack(">III", data[at + 4 : at + 16])
        n_frames = counts.pop(0) if flags & 1 else 0
        n_bytes = counts[0] if flags & 2 else 0
        return _Promise(n_frames, n_bytes, data[at : at + 4], position + at + 8)
    return _Promise(name=b"VBRI") if data[36:40] == b"VBRI" else _Promise()


def _fits(content: Content, first: int, promise: _Promise) -> bool:
    """Tell whether the count of frames suits that of the bytes, as can be told at a constant rate.

    All frames are alike there, but for a byte of padding. At a variable rate only a walk tells.
    """
    info = frame_at(content, first)
    second = frame_at(content, first + info.size) if info else None
    if info is None or second is None or promise.name != b"Info":
        return False
    expected = info.size + promise.n_frames * second.size
    return abs(promise.n_bytes - expected) <= max(promise.n_frames, second.size)


def _first_frame(content: Content, start: int, stop: int) -> int | None:
    """Give the position of the first frame, which others like it must follow."""
    position = after_tags(content, start)
    if _chained(content, position, stop, 1 if position > start else 2):
        return position
    limit = min(position + _SEARCHED, stop)
    while (position := content.find(b"\xff", position + 1, limit)) >= 0:
        if _chained(content, position, stop, _SURE):
            return position
    return None


def _chained(content: Content, position: int, stop: int, n_frames: int) -> bool:
    """Tell whether so many more frames of one kind follow, or fewer up to the end or a tag."""
    kind = None
    for _ in range(n_frames + 1):
        if kind is not None and (position >= stop or after_tag(content, position) > position):
            return n_frames < _SURE
        frame = frame_at(content, position)
        if frame is None or kind not in (None, frame.kind):
            return False
        kind = frame.kind
        position += frame.size
    return True


class _Walk:
    """A walk over all frames up to `stop`."""

    def __init__(self, content: Content, stop: int) -> None:
        self._content, self._stop = content, stop
        self._parts: list[Part] = []
        self._spans: list[Span] = []  # of the part that is being put together
        self._left: int | None = None  # frames until that part must end; below 0: beyond it
        self._promise, self._until = _Promise(), 0
        self._skipped = 0

    def parts(self, position: int) -> Reading:
        """Walk from the first frame on."""
        kind = None
        while (here := self._next_frame(position, kind)) is not None:
            start, frame = here
            promise = _promise(self._content, start)
            ended = self._left == 0 and start >= self._until
            if promise.name or ended or kind not in (None, frame.kind):
                self._end_part()
                self._left = promise.n_frames or None
                self._promise, self._until = promise, start + promise.n_bytes
            elif self._left is not None:
                self._left -= 1
            kind = frame.kind
            position = start + frame.size
            # a VBRI frame holds no sound, and libsndfile would play it; part of a frame holds none
            if promise.name != b"VBRI" and position <= self._stop:
                self._take(Span(start, position))
        self._end_part("ends within an MPEG frame" if position > self._stop else "")
        return Reading(tuple(self._parts), min(position, self._stop), self._skipped)

    def _next_frame(
        self, position: int, kind: tuple[int, int, int, bool] | None
    ) -> tuple[int, Frame] | None:
        """Give the first frame from `position` on, past tags and what else is no frame."""
        content, skipped = self._content, 0
        while 0 <= position < self._stop:
            frame = frame_at(content, position)
            expected = frame is not None and frame.kind == kind and not skipped
            n_frames = _SURE if skipped else _SURE - 1
            if frame and (expected or _chained(content, position, self._stop, n_frames)):
                self._skipped += skipped
                return position, frame
            after = after_tag(content, position)
            if after == position:
                after = content.find(b"\xff", position + 1, self._stop)
                skipped += after - position
            position = after
        return None

    def _take(self, span: Span) -> None:
        if self._spans and self._spans[-1].stop == span.start:
            span = Span(self._spans.pop().start, span.stop)
        self._spans.append(span)

    def _end_part(self, doubt: str = "") -> None:
        if self._spans:
            part = Part(tuple(self._spans), doubt=doubt)
            if self._left is None:
                part = unending(self._content, part.pieces)._replace(doubt=doubt)
            elif self._left:
                part = self._recounted(part, self._left)
            self._parts.append(part)
        self._spans = []

    def _recounted(self, part: Part, left: int) -> Part:
        """Mend a count of frames that can't be right, or doubt that all of them are there."""
        n_bytes = self._promise.n_bytes
        if n_bytes and self._spans[-1].stop >= self._until:
            count = struct.pack(">I", self._promise.n_frames - left)
            pieces = replaced(self._content, self._spans[0], {self._promise.count_at: count})
            return part._replace(pieces=(*pieces, *part.pieces[1:]))
        if left > 1 or n_bytes:  # some encoders count the frame with the count, too
            return part._replace(doubt=f"ends {left} MPEG frames before its header says")
        return part
