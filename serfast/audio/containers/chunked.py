"""WAV, RF64 and AIFF: chunks, of which one holds the samples; each says how long it is.

libsndfile shortens a recording whose samples run past the end of the file without a word. A
half-copied recording would then give half the features; so the promise is compared with the file.

A program that writes into a pipe can't go back to fill the sizes in, and one that was killed
didn't. They leave 0, 0x7F000008 (sox, AIFF), 0x7FFFF000 (sox, espeak-ng), 0x80000000 or 0xFFFFFFFF
(ffmpeg): the samples then last until the end of the file, and the decoder gets a header that says
how many there are.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from ..content import Content, Span
from . import mpeg
from .part import Part, Reading, is_printable, missing, next_like, replaced

__all__ = ["live_part", "read"]

_MPEG = (0x50, 0x55)
"""Codecs in a WAV file: layers I and II, layer III."""
_PLAIN = (0, 1, 3, 6, 7, 0xFFFE)
"""Codecs of one value a sample: none named (AIFF), PCM, float, A-law, µ-law, named further on."""
_LARGEST = 0xFFFFFFF0
_WIDE_UNKNOWN = 2**62


class _Form(NamedTuple):
    """What one kind of these containers has of its kind."""

    order: str
    data: bytes  # identifier of the chunk that holds the samples
    types: tuple[bytes, ...]
    unknown: int  # sizes from here on mean "until the end"
    extra: int = 0  # bytes in that chunk before the samples


_FORMS = {
    b"RIFF": _Form("<", b"data", (b"WAVE",), 0x7FFF0000),
    b"RIFX": _Form(">", b"data", (b"WAVE",), 0x7FFF0000),
    b"RF64": _Form("<", b"data", (b"WAVE",), 0x7FFF0000),
    b"FORM": _Form(">", b"SSND", (b"AIFF", b"AIFC"), 0x7F000000, 8),
}


def live_part(content: Content) -> Part | None:
    """Give the part of a container whose end is not there yet; None if its samples aren't plain.

    A decoder of blocks would go on with silence where the file ends. Samples of unknown number last
    as long as the header can say: 4 GiB.
    """
    head = content.at(0, 12)
    form = _FORMS.get(head[:4])
    if form is None or head[8:12] not in form.types[:1]:  # AIFF-C has codecs of blocks, too
        return None
    data = _data(content, 0, form)
    if data is None or data.codec not in _PLAIN or data.wide_at is not None:
        return None
    if form.extra < data.size < form.unknown:
        return Part((Span(0, data.start + data.size),))
    sizes = struct.pack(form.order + "I", _LARGEST)
    changes = {4: sizes, data.size_at: sizes}
    whole = Span(0, data.start + _LARGEST)
    return Part(replaced(content, whole, changes), estimated=True)


class _Data(NamedTuple):
    """The chunk with the samples."""

    size_at: int
    size: int
    wide_at: int | None  # where an RF64 file has the wide sizes
    codec: int

    @property
    def start(self) -> int:
        return self.size_at + 4


def read(content: Content, start: int) -> Reading | None:
    """Give the part that begins at `start`; None if it is no such container."""
    head = content.at(start, 12)
    form = _FORMS.get(head[:4])
    if form is None or head[8:12] not in form.types:
        return None
    data = _data(content, start, form)
    if data is None:
        return Reading((Part((Span(start, content.length),)),), content.length)
    present = content.length - data.start
    unknown = _is_unknown(content, form, data, present)
    if unknown:
        stop = next_like(content, start, data.start, slice(8, 12))
    else:
        stop = _end_of_chunks(content, form, data.start + data.size + data.size % 2)
    lack = "" if unknown else missing(data.size, present)
    if data.codec in _MPEG:
        end = stop if unknown else data.start + data.size
        if inner := mpeg.read(content, data.start, end):
            last = inner.parts[-1]
            parts = (*inner.parts[:-1], last._replace(lack=lack, doubt=""))
            return Reading(parts, stop, inner.skipped)
    if unknown:
        return Reading((_until(content, Span(start, stop), form, data),), stop)
    return Reading((Part((Span(start, stop),), lack=lack),), stop)


def _data(content: Content, start: int, form: _Form) -> _Data | None:
    position, wide_at, codec = start + 12, None, 0
    while len(header := content.at(position, 8)) == 8 and any(header):
        identifier, size = struct.unpack(form.order + "4sI", header)
        if identifier == form.data:
            if wide_at is not None:
                size = struct.unpack("<Q", content.at(wide_at + 8, 8))[0]
            return _Data(position + 4, size, wide_at, codec)
        if identifier == b"ds64" and len(content.at(position + 8, 24)) == 24:
            wide_at = position + 8
        if identifier == b"fmt " and len(tag := content.at(position + 8, 2)) == 2:
            codec = int(struct.unpack(form.order + "H", tag)[0])
        position += 8 + size + size % 2  # chunks start at even offsets
    return None


def _is_unknown(content: Content, form: _Form, data: _Data, present: int) -> bool:
    """Tell whether the samples last until the end of the file, whatever the size says."""
    if data.size >= (form.unknown if data.wide_at is None else _WIDE_UNKNOWN):
        return data.size > present
    if data.size > form.extra or present <= form.extra:
        return False
    return _end_of_chunks(content, form, data.start + data.size) < content.length


def _until(content: Content, span: Span, form: _Form, data: _Data) -> Part:
    """Give the part with sizes in its header that reach to the end of the span."""
    whole, present = span.stop - span.start - 8, span.stop - data.start
    changes = {}
    if data.wide_at is not None:
        changes = {data.wide_at: struct.pack("<QQ", whole, present)}
    elif whole < _LARGEST:
        changes = {
            span.start + 4: struct.pack(form.order + "I", whole),
            data.size_at: struct.pack(form.order + "I", present),
        }
    return Part(replaced(content, span, changes))


def _end_of_chunks(content: Content, form: _Form, position: int) -> int:
    """Give where the chunks from `position` on end; what follows is something else."""
    while len(header := content.at(position, 8)) == 8:
        identifier, size = struct.unpack(form.order + "4sI", header)
        follows = position + 8 + size
        if not is_printable(identifier) or follows > content.length:
            break
        position = follows + size % 2
    return min(position, content.length)
