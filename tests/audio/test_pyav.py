"""What only FFmpeg's libraries read: right samples, exact lengths, damage."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import av
import numpy as np
import pytest

from helpers.encoded import RATE, Pipe, encoded, gated_tone
from serfast.audio.reading import blocks, load
from serfast.errors import AudioError

LOSSLESS = [("ipod", "alac"), ("mov", "pcm_s16le"), ("mov", "pcm_s24le"), ("matroska", "flac")]
LOSSY = [
    ("ipod", "aac", RATE, 0),
    ("mp4", "aac", RATE, 0),
    ("3gp", "aac", RATE, 0),
    ("mp4", "libmp3lame", RATE, 0),
    ("webm", "libopus", 48000, 0),
    ("matroska", "aac", RATE, 1024),
    ("adts", "aac", RATE, 2048),
    ("mpegts", "aac", RATE, 2048),
    ("flv", "aac", RATE, 2048),
    ("asf", "wmav2", RATE, 2048),
]
"""Container, codec, rate, and how many samples too many or too few there are, if nothing tells."""


@pytest.mark.parametrize(("container", "codec"), LOSSLESS)
def test_lossless(container: str, codec: str) -> None:
    y = gated_tone(1.0)
    samples, rate = load(encoded(y, RATE, container, codec))
    assert (rate, samples.dtype) == (RATE, np.float32)
    np.testing.assert_allclose(samples, y, rtol=0, atol=2**-15, strict=True)


@pytest.mark.parametrize(("container", "codec", "rate", "slack"), LOSSY)
def test_lossy(container: str, codec: str, rate: int, slack: int) -> None:
    """As long as it was, where the container says so, and at the same place."""
    y = gated_tone(2.0, rate)
    samples, found = load(encoded(y, rate, container, codec))
    assert found == rate
    assert abs(samples.size - y.size) <= slack
    shifts = range(-slack, slack + 1, 8) if slack else [0]
    assert max(likeness(samples, y, shift) for shift in shifts) > 0.97


def likeness(samples: np.ndarray, y: np.ndarray, shift: int) -> float:
    middle = slice(4096, len(y) - 4096)
    return float(np.corrcoef(np.roll(samples, -shift)[middle], y[middle])[0, 1])


@pytest.mark.parametrize("block", [1, 441, 10**6])
@pytest.mark.parametrize(("container", "codec"), [("ipod", "aac"), ("webm", "libopus")])
def test_in_pieces(container: str, codec: str, block: int) -> None:
    rate = 48000 if container == "webm" else RATE
    data = encoded(gated_tone(0.5, rate), rate, container, codec)
    pieces = list(blocks(data, block=block))
    assert max(map(len, pieces)) <= block
    np.testing.assert_array_equal(np.concatenate(pieces), load(data)[0])


def test_by_path_from_a_pipe_and_resampled(tmp_path: Path) -> None:
    data = encoded(gated_tone(0.5), RATE, "ipod", "aac")
    path = tmp_path / "a.m4a"
    path.write_bytes(data)
    expected, _ = load(path)
    np.testing.assert_array_equal(load(Pipe(data))[0], expected)
    assert load(path, 16000)[0].size == 8000


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("options", [{}, {"movflags": "faststart"}])
def test_cut_off(options: dict[str, str], share: float) -> None:
    """The index stands at the end, or tells of more than there is."""
    data = encoded(gated_tone(4.0), RATE, "ipod", "aac", **options)
    with pytest.raises(AudioError, match="cut off"):
        load(data[: int(len(data) * share)])


@pytest.mark.parametrize(("container", "codec"), [("webm", "libopus"), ("matroska", "aac")])
def test_cut_off_matroska(container: str, codec: str) -> None:
    data = encoded(gated_tone(2.0, 48000), 48000, container, codec)
    with pytest.raises(AudioError, match=r"is cut off after 1\.\d\d s of the 2\.0\d s"):
        load(data[: len(data) * 2 // 3])


def test_matroska_that_is_written_live_promises_nothing() -> None:
    """As browsers record it. Its end may be anywhere."""
    data = encoded(gated_tone(2.0, 48000), 48000, "webm", "libopus", live="1")
    assert load(data)[0].size == 96000
    assert load(data[: len(data) * 2 // 3])[0].size > 48000


def test_a_film_without_sound() -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream = output.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for packet in [*stream.encode(av.VideoFrame(64, 64, "yuv420p")), *stream.encode(None)]:
            output.mux(packet)
    with pytest.raises(AudioError, match="has no sound in it"):
        load(file.getvalue())


@pytest.mark.parametrize("kind", ["u8", "s16", "s32", "flt", "dbl"])
def test_every_sample_format_has_its_scale(kind: str) -> None:
    codec = {"u8": "pcm_u8", "s16": "pcm_s16le", "s32": "pcm_s32le"}
    codec |= {"flt": "pcm_f32le", "dbl": "pcm_f64le"}
    y = gated_tone(0.5)
    np.testing.assert_allclose(
        load(encoded(y, RATE, "matroska", codec[kind]))[0], y, atol=2**-7 if kind == "u8" else 1e-4
    )


def test_bytes_that_only_begin_so() -> None:
    data = encoded(gated_tone(0.2), RATE, "ipod", "aac")
    noise = np.random.default_rng(0).bytes(5000)
    with pytest.raises(AudioError, match="is damaged or cut off"):
        load(data[:16] + noise)


def test_samples_of_64_bits_are_refused() -> None:
    """Neither library makes an array of them."""
    header = struct.pack(
        "<4sI8sIHHIIHH", b"RIFF", 836, b"WAVEfmt ", 16, 1, 1, RATE, 8 * RATE, 8, 64
    )
    data = header + struct.pack("<4sI", b"data", 800) + bytes(800)
    with pytest.raises(AudioError, match="not audio that can be read"):
        load(data)
