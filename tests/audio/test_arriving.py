"""What arrives through a pipe is recognised, and decoded as it comes."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from helpers.encoded import RATE, Pipe, encoded, gated_tone, replaced, written
from serfast.audio.arriving import Arriving, live_blocks, live_decoder
from serfast.audio.reading import load
from serfast.errors import AudioWarning

Y = gated_tone(4.0)


def unknown(data: bytes, order: str, name: bytes) -> bytes:
    size = struct.pack(order + "I", 0xFFFFFFFF)
    return replaced(data, {4: size, data.index(name) + 4: size})


def uncounted(mp3: bytes) -> bytes:
    return mp3[mp3.index(mp3[:2], 4) :]


LIVE = {
    "wav": written(Y, RATE, "WAV", "PCM_16"),
    "wav of a pipe": unknown(written(Y, RATE, "WAV", "PCM_16"), "<", b"data"),
    "wav, float": written(Y, RATE, "WAV", "FLOAT"),
    "aiff": written(Y, RATE, "AIFF", "PCM_16"),
    "aiff of a pipe": unknown(written(Y, RATE, "AIFF", "PCM_16"), ">", b"SSND"),
    "flac": written(Y, RATE, "FLAC"),
    "mp3": written(Y, RATE, "MP3"),
    "mp3 of a pipe": uncounted(written(Y, RATE, "MP3")),
}
AT_THE_END = {
    "wav, blocks": unknown(written(Y, RATE, "WAV", "GSM610"), "<", b"data"),
    "aiff-c": written(Y, RATE, "AIFF", "FLOAT"),
    "ogg": written(Y, RATE, "OGG"),
    "au": written(Y, RATE, "AU"),
    "m4a": encoded(Y, RATE, "ipod", "aac"),
    "aac": encoded(Y, RATE, "adts", "aac"),
    "rf64": written(Y, RATE, "RF64"),
}


def decoded(data: bytes, rate: int = RATE) -> tuple[np.ndarray, int]:
    """The samples, and how many bytes had been read when the first second of them was there."""
    pipe = Pipe(data)
    arriving = Arriving(pipe)
    decoder = live_decoder("pipe", arriving)
    assert decoder is not None
    pieces, n_samples, n_bytes = [], 0, 0
    for piece in live_blocks(decoder, arriving, rate, 441):
        pieces.append(piece)
        n_samples += piece.size
        if n_samples <= rate:
            n_bytes = pipe.n_bytes
    return np.concatenate(pieces), n_bytes


@pytest.mark.parametrize("name", LIVE)
def test_it_is_decoded_as_it_comes(name: str) -> None:
    y, n_bytes = decoded(LIVE[name])
    np.testing.assert_array_equal(y, load(LIVE[name])[0])
    assert n_bytes < 0.45 * len(LIVE[name])  # of four seconds


@pytest.mark.parametrize("name", AT_THE_END)
def test_others_are_decoded_when_they_have_ended(name: str) -> None:
    np.testing.assert_array_equal(decoded(AT_THE_END[name])[0], load(AT_THE_END[name])[0])


def test_at_another_rate() -> None:
    y, _ = decoded(LIVE["wav"], 16000)
    np.testing.assert_array_equal(y, load(LIVE["wav"], 16000)[0])


def test_behind_a_tag() -> None:
    tag = b"ID3\x03\x00\x00" + bytes([0, 0, 0x7F, 0x7F]) + bytes(0x3FFF)
    for name in ("mp3", "mp3 of a pipe"):
        np.testing.assert_array_equal(decoded(tag + LIVE[name])[0], load(LIVE[name])[0])


NOISE = np.random.default_rng(0).integers(-3000, 3000, 20000).astype("<i2").tobytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        bytes(40000),
        b"\xff" * 40000,
        b"\xff\xfb\x90\x00" + NOISE,  # as MP3 begins
        b"\xff\xf1\x50\x80" + NOISE,  # as AAC begins
        b"\x0b\x77" + NOISE,  # as AC-3 begins
        b"MP+\x00" + NOISE,
        np.random.default_rng(0).bytes(40000),
        np.round(Y * 8000).astype("<i2").tobytes(),
    ],
)
def test_raw_samples_are_left_as_they_are(data: bytes) -> None:
    arriving = Arriving(Pipe(data))
    assert live_decoder("pipe", arriving) is None
    assert arriving.read(len(data) + 1) == data


def test_every_beginning_of_raw_samples() -> None:
    """No 16-bit sample is taken for a recording's first frame."""
    for first in range(-0x1F01, 0, 256):  # their first byte is FF
        data = struct.pack("<h", first) + NOISE
        assert live_decoder("pipe", Arriving(Pipe(data))) is None


def test_what_follows_is_told() -> None:
    with pytest.warns(AudioWarning, match="what follows its first recording is passed over"):
        y, _ = decoded(2 * LIVE["wav"])
    assert y.size == Y.size


def test_it_keeps_a_bounded_number_of_bytes() -> None:
    arriving = Arriving(Pipe(bytes(10 << 20)))
    for _ in range(160):
        assert len(arriving.read(1 << 16)) == 1 << 16
    assert len(arriving._kept) < 3 << 20
    arriving.seek(0)
    with pytest.raises(ValueError, match="is gone"):
        arriving.read(1)
