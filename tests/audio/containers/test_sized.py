"""AU, Wave64, CAF and NIST SPHERE whose header doesn't know the size, or promises too much."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from helpers.encoded import Pipe, gated_tone, replaced, written
from serfast.audio.reading import load
from serfast.errors import AudioError

Y = gated_tone(0.5, 8000)

UNKNOWN = {
    ("AU", 0): (8, struct.pack(">I", 0)),
    ("AU", 0xFFFFFFFF): (8, struct.pack(">I", 0xFFFFFFFF)),
    ("W64", 0): (b"data\xf3", struct.pack("<Q", 0)),
    ("W64", 24): (b"data\xf3", struct.pack("<Q", 24)),
    ("W64", 2**63 - 1): (b"data\xf3", struct.pack("<Q", 2**63 - 1)),
    ("CAF", 0): (b"data", struct.pack(">q", 0)),
    ("CAF", -1): (b"data", struct.pack(">q", -1)),
}
"""By format and size: where the size is, or behind which name, and the bytes to put there."""


def with_size(kind: str, size: int) -> bytes:
    data = written(Y, 8000, kind, "PCM_16")
    place, field = UNKNOWN[kind, size]
    if isinstance(place, bytes):
        place = data.index(place) + (16 if kind == "W64" else 4)
    return replaced(data, {place: field})


@pytest.mark.parametrize("source", [bytes, Pipe])
@pytest.mark.parametrize(("kind", "size"), UNKNOWN)
def test_of_unknown_size(kind: str, size: int, source: type) -> None:
    expected, _ = load(written(Y, 8000, kind, "PCM_16"))
    assert expected.size == Y.size
    np.testing.assert_array_equal(load(source(with_size(kind, size)))[0], expected)


@pytest.mark.parametrize(("kind", "size"), UNKNOWN)
def test_of_unknown_size_one_behind_the_other(kind: str, size: int) -> None:
    data = with_size(kind, size)
    np.testing.assert_array_equal(load(2 * data)[0], np.tile(load(data)[0], 2))


@pytest.mark.parametrize("missing", [1, 2, 3000])
@pytest.mark.parametrize("kind", ["AU", "W64", "CAF", "NIST"])
def test_cut_off(kind: str, missing: int) -> None:
    data = written(Y, 8000, kind, "PCM_16")
    promise = f"promises {2 * Y.size} bytes of samples, the file holds {2 * Y.size - missing}"
    with pytest.raises(AudioError, match=promise):
        load(data[:-missing])


@pytest.mark.parametrize("subtype", ["ULAW", "ALAW", "PCM_24"])
def test_nist_of_every_codec_that_is_cut_off(subtype: str) -> None:
    data = written(Y, 8000, "NIST", subtype)
    assert load(data)[0].size == Y.size
    with pytest.raises(AudioError, match="is cut off"):
        load(data[:-100])
