"""MP3 that doesn't say how long it is, with tags, with damage, and several in a file."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from helpers.encoded import RATE, gated_tone, written
from serfast.audio.reading import blocks, load
from serfast.errors import AudioError, AudioWarning

SECONDS = 4.0
DELAY = 1105
"""Samples that an encoder and a decoder of layer III put in front: 576 + 529."""


def mp3(mode: str = "CONSTANT", seconds: float = SECONDS) -> bytes:
    """A file whose first frame counts the others."""
    return written(gated_tone(seconds), RATE, "MP3", bitrate_mode=mode, compression_level=0.5)


def uncounted(data: bytes) -> bytes:
    """The same without its first frame, as an encoder writes it into a pipe."""
    assert b"Info" in data[:100] or b"Xing" in data[:100]
    second = data.index(data[:2], 4)
    assert data[second : second + 2] == data[:2]
    return data[second:]


def id3v2(n_bytes: int) -> bytes:
    size = bytes(n_bytes >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + bytes(n_bytes)


ID3V1 = b"TAG" + bytes(125)


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
def test_without_a_count_nothing_is_missing(mode: str) -> None:
    """The decoder's delay is unknown then, so it is in front."""
    expected, _ = load(mp3(mode))
    assert expected.size == SECONDS * RATE
    y, _ = load(uncounted(mp3(mode)))
    np.testing.assert_allclose(
        y[DELAY : DELAY + expected.size], expected, rtol=0, atol=1e-6, strict=True
    )
    assert y.size % 1152 == 0


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
def test_without_a_count_in_pieces(mode: str) -> None:
    data = uncounted(mp3(mode))
    pieces = list(blocks(data, block=441))
    np.testing.assert_array_equal(np.concatenate(pieces), load(data)[0])


def test_loud_after_silence() -> None:
    """Frames of silence are small: judged by the first one, there would be far too many."""
    y = np.concatenate([np.zeros(3 * RATE, np.float32), gated_tone(3.0)])
    data = written(y, RATE, "MP3", bitrate_mode="VARIABLE", compression_level=0.2)
    assert abs(load(uncounted(data))[0].size - y.size) < 3 * 1152


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("between", [b"", ID3V1, id3v2(5000), ID3V1 + id3v2(500)])
@pytest.mark.filterwarnings("error")
def test_one_behind_the_other_with_tags(between: bytes, counted: bool) -> None:
    first, second = mp3(seconds=1.0), mp3("VARIABLE", 1.5)
    if not counted:
        first, second = uncounted(first), uncounted(second)
    y, _ = load(first + between + second)
    if counted:
        np.testing.assert_array_equal(y, np.concatenate([load(first)[0], load(second)[0]]))
    else:  # nothing tells them apart
        assert y.size == load(first)[0].size + load(second)[0].size


@pytest.mark.parametrize("tag", [ID3V1, b"APETAGEX" + struct.pack("<IIII8x", 2000, 32, 0, 0)])
@pytest.mark.filterwarnings("error")
def test_tags_behind_it(tag: bytes) -> None:
    for data in (mp3(), uncounted(mp3())):
        np.testing.assert_array_equal(load(data + tag)[0], load(data)[0])


def test_cut_off_with_a_count() -> None:
    data = mp3()
    with pytest.raises(AudioError, match="is cut off after"):
        load(data[: len(data) // 2])


def test_cut_off_within_a_frame() -> None:
    data = uncounted(mp3())[:-100]
    with pytest.warns(AudioWarning, match="ends within an MPEG frame"):
        y, _ = load(data)
    assert y.size


def test_damage_in_the_middle_is_told() -> None:
    data = bytearray(uncounted(mp3()))
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    with pytest.warns(AudioWarning, match="bytes that are no audio are passed over"):
        load(bytes(data))


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
@pytest.mark.parametrize("share", [0.0, 0.5, 2.0])
def test_a_wrong_count_is_mended(mode: str, share: float) -> None:
    """All the bytes are there that the header counts, so its count of frames is wrong."""
    data = mp3(mode)
    at = max(data.find(b"Info", 0, 100), data.find(b"Xing", 0, 100)) + 8
    n_frames = int.from_bytes(data[at : at + 4], "big")
    wrong = max(1, int(n_frames * share)).to_bytes(4, "big")
    y, _ = load(data[:at] + wrong + data[at + 4 :])
    np.testing.assert_allclose(y, load(data)[0], rtol=0, atol=1e-6, strict=True)


@pytest.mark.parametrize("n_frames", [1, 2])
def test_a_few_frames_are_missing(n_frames: int) -> None:
    """So few that the decoder forgives them; and it is told all the same."""
    data = mp3()
    size = data.index(data[:2], 4)
    with pytest.warns(AudioWarning, match=r"ends \d MPEG frames before its header says"):
        y, _ = load(data[: len(data) - n_frames * size])
    assert y.size < SECONDS * RATE
