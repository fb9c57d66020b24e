"""Ogg: streams one behind the other, damage between pages."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.encoded import gated_tone, written
from serfast.audio.reading import load
from serfast.errors import AudioError, AudioWarning

Y = gated_tone(1.0, 16000)


@pytest.mark.parametrize("second", ["VORBIS", "OPUS"])
@pytest.mark.parametrize("first", ["VORBIS", "OPUS"])
def test_a_chain(first: str, second: str) -> None:
    parts = [written(Y, 16000, "OGG", first), written(Y[:9000], 16000, "OGG", second)]
    expected = np.concatenate([load(part)[0] for part in parts])
    assert expected.size == Y.size + 9000
    np.testing.assert_array_equal(load(b"".join(parts))[0], expected)


def test_a_chain_whose_last_stream_is_cut_off() -> None:
    part = written(Y, 16000, "OGG", "VORBIS")
    with pytest.raises(AudioError, match="no Ogg page says that it is the last"):
        load(2 * part + part[:-500])


def test_bytes_between_two_streams_are_told() -> None:
    part = written(Y, 16000, "OGG", "VORBIS")
    with pytest.warns(AudioWarning, match="2000 bytes that are no audio"):
        y, _ = load(part + b"x" * 2000 + part)
    assert y.size == 2 * Y.size


def multiplexed(first: bytes, second: bytes) -> bytes:
    """The pages of two streams in turn; both begin before either goes on (RFC 3533)."""
    queues = []
    for stream in (first, second):
        starts = [*(at for at in range(len(stream)) if stream[at : at + 5] == b"OggS\0")]
        queues.append(
            [stream[a:b] for a, b in zip(starts, [*starts[1:], len(stream)], strict=True)]
        )
    pages = [queue.pop(0) for queue in queues]
    while any(queues):
        pages += [queue.pop(0) for queue in queues if queue]
    return b"".join(pages)


@pytest.mark.parametrize("second", ["VORBIS", "OPUS"])
def test_a_stream_at_the_same_time_is_told(second: str) -> None:
    whole, other = (written(Y, 16000, "OGG", kind) for kind in ("VORBIS", second))
    other = other[:14] + (b"\x01" if other[14] != 1 else b"\x02") + other[15:]
    with pytest.warns(AudioWarning, match="holds 2 streams of sound at once; one is read"):
        y, _ = load(multiplexed(whole, other))
    assert y.size == Y.size
