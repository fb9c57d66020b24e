"""Protocol buffers' wire format: the fields of a message, whatever they mean.

Enough to look into an ONNX file before onnxruntime does, without the package `onnx`. What the
format leaves open is refused rather than guessed, so that no reader can see another message than
this one (https://protobuf.dev/programming-guides/encoding/).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Field", "WireError", "encoded", "fields"]

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
FIXED = {FIXED64: 8, FIXED32: 4}
MAX_TAG = 2**32 - 1
MAX_VARINT_BYTES = 10


class WireError(ValueError):
    """The bytes aren't a message."""


class Field(NamedTuple):
    """One field of a message."""

    number: int
    value: int | memoryview
    """Of a varint the number; of anything else its bytes."""
    whole: memoryview
    """All its bytes: of the number, the kind, the size and the value."""


def fields(message: memoryview) -> Iterator[Field]:
    """Give the fields of a message in their order, each where it occurs.

    Raises
    ------
    WireError
        If it isn't one, or uses groups, which ONNX never does.
    """
    at, end = 0, len(message)
    while at < end:
        begin = at
        tag, at = _varint(message, at)
        number, kind = tag >> 3, tag & 7
        if not number or tag > MAX_TAG:
            raise WireError(f"tag {tag} at byte {at}")
        if kind == VARINT:
            value, at = _varint(message, at)
            yield Field(number, value, message[begin:at])
            continue
        if kind == BYTES:
            size, at = _varint(message, at)
        elif kind in FIXED:
            size = FIXED[kind]
        else:
            raise WireError(f"wire type {kind} at byte {at}")
        if size > end - at:
            raise WireError(f"field of {size} bytes with {end - at} left")
        stop = at + size
        yield Field(number, message[at:stop], message[begin:stop])
        at = stop


def encoded(number: int, value: int | bytes | bytearray) -> bytes:
    """Give the bytes of one field with this number, a varint's or those of other bytes.

    Examples
    --------
    >>> message = encoded(1, 300) + encoded(2, b"ab")
    >>> [(field.number, field.value) for field in fields(memoryview(message))][0]
    (1, 300)
    """
    if isinstance(value, int):
        return _as_varint(number << 3 | VARINT) + _as_varint(value)
    return _as_varint(number << 3 | BYTES) + _as_varint(len(value)) + bytes(value)


def _as_varint(value: int) -> bytes:
    result = bytearray()
    while value > 0x7F:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    result.append(value)
    return bytes(result)


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """Number at this byte, seven bits a byte, lowest first; and the byte after it."""
    value = 0
    for i, byte in enumerate(message[at : at + MAX_VARINT_BYTES]):
        value |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            return value, at + i + 1
    raise WireError(f"number without an end at byte {at}")
