"""Recordings in, one kind of signal out."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from helpers import pages
from helpers.recordings import RATE, tone, wav
from serfast.audio.reading import blocks, load
from serfast.audio.resampling import resample


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
def test_float_wav_is_read_exactly(tmp_path: Path, subtype: str) -> None:
    y, rate = load(wav(tmp_path / "a.wav", tone(), subtype=subtype))
    assert (y.dtype, y.ndim, rate, type(rate)) == (np.float32, 1, RATE, int)
    np.testing.assert_array_equal(y, tone())


@pytest.mark.parametrize("extension", ["wav", "flac", "aiff"])
def test_pcm16_is_divided_by_32768(tmp_path: Path, extension: str) -> None:
    pcm = np.array([0, 1, -1, 32767, -32768, 1234], dtype=np.int16)
    path = tmp_path / f"a.{extension}"
    soundfile.write(path, pcm, RATE)
    y, _ = load(path)
    np.testing.assert_array_equal(y, pcm.astype(np.float64) / 32768)
    np.testing.assert_array_equal(load(pcm, RATE)[0], y)


@pytest.mark.parametrize(("extension", "name"), [("ogg", "Vorbis"), ("mp3", "MP3")])
def test_lossy_formats_resemble_the_original(tmp_path: Path, extension: str, name: str) -> None:
    path = tmp_path / f"a.{extension}"
    soundfile.write(path, tone(), RATE)
    y, rate = load(path)
    assert (y.size, rate) == (tone().size, RATE), name
    assert np.corrcoef(y, tone())[0, 1] > 0.99


@pytest.mark.parametrize("n_channels", [2, 8])
def test_channels_are_averaged(tmp_path: Path, n_channels: int) -> None:
    rng = np.random.default_rng(n_channels)
    channels = rng.uniform(-1, 1, (1000, n_channels)).astype(np.float32)
    y, _ = load(wav(tmp_path / "a.wav", channels))
    np.testing.assert_allclose(y, channels.astype(np.float64).mean(axis=1), atol=1e-6)


def test_192_khz_eight_channels_to_16_khz(tmp_path: Path) -> None:
    recording = np.repeat(tone(0.5, 192000)[:, np.newaxis], 8, axis=1)
    y, rate = load(wav(tmp_path / "a.wav", recording, 192000), sample_rate=RATE)
    assert (y.size, rate) == (RATE // 2, RATE)
    middle = slice(800, -800)  # away from the filter's edges
    np.testing.assert_allclose(y[middle], tone(0.5)[middle], atol=1e-4)


@pytest.mark.parametrize("source", ["str", "path", "file", "bytes io", "pipe"])
def test_sources(tmp_path: Path, source: str) -> None:
    name = "täst \udcff.wav" if sys.platform == "linux" else "täst.wav"  # \udcff: not UTF-8
    path = wav(tmp_path / "a.wav", tone()).rename(tmp_path / name)
    if source == "str":
        y, _ = load(str(path))
    elif source == "path":
        y, _ = load(path)
    elif source == "file":
        with path.open("rb") as file:
            file.seek(100)  # read from its start all the same
            y, _ = load(file)
            assert not file.closed
    elif source == "bytes io":
        y, _ = load(io.BytesIO(path.read_bytes()))
    else:
        code = "import sys; from serfast.audio import load; print(len(load(sys.stdin.buffer)[0]))"
        command = [sys.executable, "-c", code]
        result = subprocess.run(command, input=path.read_bytes(), capture_output=True, check=True)
        assert int(result.stdout) == tone().size
        return
    np.testing.assert_array_equal(y, tone())


def test_an_array_is_taken_at_the_given_rate() -> None:
    y, rate = load(tone(), sample_rate=8000)
    np.testing.assert_array_equal(y, tone())
    assert rate == 8000


@pytest.mark.parametrize("header_size", [0x7FFFF000, 0xFFFFFFFF], ids=["sox", "ffmpeg"])
def test_wav_written_to_a_pipe_has_no_size(tmp_path: Path, header_size: int) -> None:
    data = bytearray(wav(tmp_path / "a.wav", tone(), subtype="PCM_16").read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", header_size)
    y, _ = load(io.BytesIO(bytes(data)))
    assert y.size == tone().size


@pytest.mark.parametrize("target", [None, 8000, 22050])
@pytest.mark.parametrize("block", [1, 777, 10**6])
def test_blocks_joined_are_load(tmp_path: Path, target: int | None, block: int) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, 3000).astype(np.float32)
    path = wav(tmp_path / "a.wav", samples)
    pieces = list(blocks(path, target, block=block))
    assert all(piece.size for piece in pieces)
    np.testing.assert_array_equal(np.concatenate(pieces), load(path, target)[0])


def test_resampling_is_soxr_hq(tmp_path: Path) -> None:
    expected = soxr.resample(tone(), RATE, 22050, quality="HQ")
    np.testing.assert_array_equal(resample(tone(), RATE, 22050), expected)
    np.testing.assert_array_equal(load(wav(tmp_path / "a.wav", tone()), 22050)[0], expected)


def test_blocks_need_no_more_memory_for_a_longer_file(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", tone(60.0, 8000), 8000)
    tracemalloc.start()
    n_samples = sum(piece.size for piece in blocks(path, RATE, block=1000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert n_samples == 60 * RATE
    assert peak < 4 * n_samples / 10


def test_blocks_close_the_file_when_abandoned(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", tone(2.0))
    open_files = Path("/proc/self/fd")
    pieces = blocks(path, block=100)
    next(pieces)
    pieces.close()
    if open_files.exists():
        assert not [fd for fd in open_files.iterdir() if fd.resolve() == path.resolve()]


def test_read_only_strided_int16() -> None:
    pcm = np.arange(-3000, 3000, dtype=np.int16)[::3]
    pcm.flags.writeable = False
    expected = soxr.resample(pcm.astype(np.float32) / 32768, RATE, 8000, quality="HQ")
    np.testing.assert_array_equal(resample(pcm, RATE, 8000), expected)
    np.testing.assert_array_equal(load(pcm, RATE)[0], pcm / 32768)


def test_importing_audio_loads_no_audio_library() -> None:
    code = "import sys, serfast.audio; print({'soundfile', 'soxr', 'scipy'} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"


def test_the_page_of_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pages.ROOT)
    [example] = pages.examples("docs/formats.md")
    names: dict[str, np.ndarray] = {}
    exec(compile(example, "formats.md", "exec"), names)
    np.testing.assert_array_equal(names["same"], names["y"])
    assert len(names["rows"]) == 1 + len(names["y"]) // 160
