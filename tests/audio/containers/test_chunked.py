"""WAV, RF64 and AIFF whose header doesn't know the size, promises too much, or holds MP3."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from helpers.encoded import RATE, Pipe, gated_tone, mpeg_in_wav, replaced, written
from serfast.audio.reading import load
from serfast.errors import AudioError, AudioWarning

Y = gated_tone(0.5, 8000)
ORDERS = {"WAV": "<", "WAVEX": "<", "RF64": "<", "AIFF": ">"}
DATA = {"AIFF": b"SSND"}


def with_size(kind: str, size: int, y: np.ndarray = Y) -> bytes:
    """A file whose header gives this size of the samples."""
    data = written(y, 8000, kind, "PCM_16")
    at = data.index(DATA.get(kind, b"data")) + 4
    field = struct.pack(ORDERS[kind] + "I", size)
    return replaced(data, {4: field, at: field})


@pytest.mark.parametrize("source", [bytes, Pipe])
@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0x80000000, 0xFFFFFFFF])
@pytest.mark.parametrize("kind", ["WAV", "WAVEX", "AIFF"])
def test_of_unknown_size(kind: str, size: int, source: type) -> None:
    expected, _ = load(written(Y, 8000, kind, "PCM_16"))
    assert expected.size == Y.size
    np.testing.assert_array_equal(load(source(with_size(kind, size)))[0], expected)


@pytest.mark.parametrize("size", [8, 0x7F000008])
def test_aiff_from_a_pipe(size: int) -> None:
    """sox counts the eight bytes in front of the samples; others leave only those."""
    assert load(with_size("AIFF", size))[0].size == Y.size


@pytest.mark.parametrize("size", [0, 2**63 - 1, 2**64 - 1])
def test_rf64_of_unknown_size(size: int) -> None:
    data = written(Y, 8000, "RF64", "PCM_16")
    field = struct.pack("<Q", size)
    at = data.index(b"ds64") + 8
    np.testing.assert_array_equal(
        load(replaced(data, {at: field, at + 8: field}))[0], load(data)[0]
    )


@pytest.mark.parametrize("kind", ["WAV", "AIFF"])
def test_of_unknown_size_one_behind_the_other(kind: str) -> None:
    data = with_size(kind, 0xFFFFFFFF)
    np.testing.assert_array_equal(load(2 * data)[0], np.tile(load(data)[0], 2))


def test_no_samples_though_a_chunk_follows() -> None:
    """A size of 0 may be true."""
    data = written(Y[:0], 8000, "WAV", "PCM_16") + b"LIST" + struct.pack("<I", 2000) + bytes(2000)
    with pytest.raises(AudioError, match="holds no samples"):
        load(data)


@pytest.mark.filterwarnings("error")
def test_chunks_behind_the_samples_are_no_samples() -> None:
    data = written(Y, 8000, "WAV", "PCM_16") + b"LIST" + struct.pack("<I", 2000) + bytes(2000)
    assert load(data)[0].size == Y.size


def test_a_size_that_was_never_corrected() -> None:
    """What the header doesn't know of isn't audio for certain, but it is told."""
    with pytest.warns(AudioWarning, match=f"{Y.size} bytes that are no audio"):
        y, _ = load(with_size("WAV", Y.size))
    assert y.size == Y.size // 2


def mpeg() -> bytes:
    """Frames of MP3 without the first one, which counts them."""
    data = written(gated_tone(2.0), RATE, "MP3")
    return data[data.index(data[:2], 4) :]


def test_mp3_in_wav() -> None:
    y, rate = load(mpeg_in_wav(mpeg(), RATE))
    assert rate == RATE
    np.testing.assert_array_equal(y, load(mpeg())[0])
    assert y.size >= 2 * RATE


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_mp3_in_wav_of_unknown_size(size: int) -> None:
    data = mpeg_in_wav(mpeg(), RATE)
    unknown = replaced(data, {data.index(b"data") + 4: struct.pack("<I", size)})
    np.testing.assert_array_equal(load(unknown)[0], load(mpeg())[0])


def test_mp3_in_wav_that_is_cut_off() -> None:
    with pytest.raises(AudioError, match="is cut off: its header promises"):
        load(mpeg_in_wav(mpeg(), RATE)[:-1000])
