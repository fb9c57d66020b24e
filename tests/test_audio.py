"""Recordings in, one kind of signal out; and every kind of broken recording named as such."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from serfast import _pipe
from serfast.audio import blocks, load, resample
from serfast.errors import AudioError, ParameterError

RATE = 16000


def tone(seconds: float = 0.5, rate: int = RATE) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    return (0.4 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)


def wav(path: Path, samples: np.ndarray, rate: int = RATE, subtype: str = "FLOAT") -> Path:
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


# --- what works -------------------------------------------------------------------------------


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


# --- arrays -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signal", "message"),
    [
        (np.zeros(0, np.float32), "at least 1 sample, got 0 samples"),
        (np.zeros((2, 5)), r"one-dimensional, got shape \(2, 5\)"),
        (np.zeros(3, complex), "float32, float64 or int16, got dtype complex128"),
        (np.array([object()]), "float32, float64 or int16, got dtype object"),
        (np.array(["a"]), "float32, float64 or int16, got dtype <U1"),
        (np.array([0, 1, np.nan, np.nan]), "finite .*got nan at index 2"),
        (np.array([0, -np.inf], np.float32), "finite .*got -inf at index 1"),
    ],
)
def test_bad_arrays(signal: np.ndarray, message: str) -> None:
    with pytest.raises(ParameterError, match=f"path must be {message}"):
        load(signal, RATE)
    with pytest.raises(ParameterError, match=f"y must be {message}"):
        resample(signal, RATE, RATE)


def test_read_only_strided_int16() -> None:
    pcm = np.arange(-3000, 3000, dtype=np.int16)[::3]
    pcm.flags.writeable = False
    expected = soxr.resample(pcm.astype(np.float32) / 32768, RATE, 8000, quality="HQ")
    np.testing.assert_array_equal(resample(pcm, RATE, 8000), expected)
    np.testing.assert_array_equal(load(pcm, RATE)[0], pcm / 32768)


# --- bad arguments ----------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0, -1, 16000.0, "16000", True, 2**40])
def test_bad_sample_rates(tmp_path: Path, rate: object) -> None:
    path = wav(tmp_path / "a.wav", tone())
    for call in (load, blocks):
        with pytest.raises(ParameterError, match="sample_rate must be an int"):
            call(path, rate)
    with pytest.raises(ParameterError, match="orig_sr must be an int"):
        resample(tone(), rate, RATE)
    with pytest.raises(ParameterError, match="target_sr must be an int"):
        resample(tone(), RATE, rate)


def test_a_rate_out_of_all_proportion(tmp_path: Path) -> None:
    message = r"a\.wav: its sample rate of 16000 Hz is more than a factor of 256 from 50 Hz"
    with pytest.raises(AudioError, match=message):
        load(wav(tmp_path / "a.wav", tone()), 50)
    message = "target_sr must be within a factor of 256 of orig_sr, 16000 Hz, got 50"
    with pytest.raises(ParameterError, match=message):
        resample(tone(), RATE, 50)


def test_too_short_to_resample(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"a\.wav: too short to leave a sample at 8000 Hz"):
        load(wav(tmp_path / "a.wav", np.zeros(1, np.float32), 192000), 8000)
    with pytest.raises(
        ParameterError, match="y must be at least 12 samples long at 192000 Hz, got"
    ):
        resample(np.zeros(1), 192000, 8000)


@pytest.mark.parametrize("path", [3, None, object(), io.StringIO("text")])
def test_bad_sources(path: object) -> None:
    with pytest.raises(ParameterError, match="path must be"):
        load(path)


def test_closed_and_text_files(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", tone())
    with path.open("rb") as file:
        pass
    with pytest.raises(ParameterError, match="path must be an open file"):
        load(file)
    with path.open() as text, pytest.raises(ParameterError, match="binary mode"):
        load(text)


def test_array_needs_a_rate() -> None:
    with pytest.raises(ParameterError, match="sample_rate must be an int >= 1 when path is an"):
        load(tone())


@pytest.mark.parametrize("block", [0, -5, 1.5])
def test_bad_block(block: object) -> None:
    with pytest.raises(ParameterError, match="block must be an int >= 1"):
        blocks("never opened.wav", block=block)


# --- bad recordings ---------------------------------------------------------------------------


def fails(path: Path, message: str) -> None:
    """Path and file object give the same AudioError, which names the file."""
    with pytest.raises(AudioError, match=message) as by_path:
        load(path)
    assert str(path) in str(by_path.value)
    assert "\n" not in str(by_path.value)
    with path.open("rb") as file, pytest.raises(AudioError, match=message) as by_file:
        load(file)
    assert str(path) in str(by_file.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"none\.wav: no such file or directory"):
        load(tmp_path / "none.wav")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="is a folder, not a recording"):
        load(tmp_path)


def test_null_character_in_path() -> None:
    with pytest.raises(AudioError, match="embedded null"):
        load("a\0.wav")


def test_text_called_wav(tmp_path: Path) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("Dear diary, " * 50)
    fails(path, r"not audio that can be read \(Format not recognised\)")


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.touch()
    fails(path, "is empty")


@pytest.mark.parametrize("extension", ["wav", "aiff"])
def test_no_samples(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"a.{extension}"
    soundfile.write(path, np.zeros(0, np.int16), RATE)
    fails(path, "holds no samples")


def test_headerless_format(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    path.write_bytes(bytes(1000))
    with pytest.raises(AudioError, match="has no header"):
        load(path)


@pytest.mark.parametrize("missing", [1, 2, 1000])
@pytest.mark.parametrize("kind", ["WAV", "WAVEX", "RF64", "AIFF", "W64", "AU"])
def test_truncated_container(tmp_path: Path, kind: str, missing: int) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(), RATE, format=kind, subtype="PCM_16")
    promised = tone().size * 2
    path.write_bytes(path.read_bytes()[:-missing])
    if kind == "AIFF":  # its sample chunk begins with two 32-bit numbers
        promised += 8
    fails(path, f"promises {promised} bytes of samples, the file holds {promised - missing}")


@pytest.mark.parametrize("extension", ["flac", "mp3"])
def test_truncated_compressed(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"a.{extension}"
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 5 * RATE)
    soundfile.write(path, noise, RATE)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    fails(path, "is damaged or cut off|is cut off after")


@pytest.mark.parametrize("endian", ["BIG", "LITTLE"])
def test_whole_au_of_either_byte_order(tmp_path: Path, endian: str) -> None:
    path = tmp_path / "a.au"
    soundfile.write(path, tone(), RATE, endian=endian)
    assert load(path)[0].size == tone().size
    path.write_bytes(path.read_bytes()[:-2])
    fails(path, "is cut off")


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_truncated_ogg(tmp_path: Path, subtype: str, share: float) -> None:
    path = tmp_path / "a.ogg"
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 5 * RATE)
    soundfile.write(path, noise, RATE, format="OGG", subtype=subtype)
    data = path.read_bytes()
    assert load(path)[0].size
    path.write_bytes(data[: int(len(data) * share)])
    fails(path, "is cut off: no Ogg page says that it is the last")
    whole_pages = data[: data.rindex(b"OggS")]
    path.write_bytes(whole_pages)
    fails(path, "is cut off: no Ogg page says that it is the last")


def test_a_pipe_by_name(tmp_path: Path) -> None:
    pipe, path = tmp_path / "pipe.wav", wav(tmp_path / "a.wav", tone())
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(path.read_bytes()))
    writer.start()
    y, rate = load(pipe)
    writer.join()
    assert rate == RATE
    assert np.array_equal(y, load(path)[0])


def test_a_pipe_that_is_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pipe, "PATIENCE", 0.1)
    pipe, path = tmp_path / "pipe.wav", wav(tmp_path / "a.wav", tone())
    os.mkfifo(pipe)
    command = f"exec 3> {pipe}; echo open; sleep 0.5; cat {path} >&3"
    with subprocess.Popen(["sh", "-c", command]):
        assert load(pipe)[0].size == tone().size


def test_a_pipe_that_nobody_writes_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pipe, "PATIENCE", 0.01)
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(AudioError, match=r"pipe\.wav: is a pipe that nobody writes to"):
        load(tmp_path / "pipe.wav")


def test_a_pipe_without_end() -> None:
    code = "from serfast.audio import load; from serfast import _pipe; _pipe.MAX_BYTES = 1000\n"
    code += "try: load('/dev/stdin')\nexcept Exception as error: print(error)"
    with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as endless:
        command = [sys.executable, "-c", code]
        out = subprocess.run(command, stdin=endless.stdout, capture_output=True, text=True)
        endless.kill()
    assert "must hold at most 1000 bytes" in out.stdout


def test_standard_input_by_its_path(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", tone())
    code = "from serfast.audio import load; print(len(load('/dev/stdin')[0]))"
    command = [sys.executable, "-c", code]
    piped = subprocess.run(command, input=path.read_bytes(), capture_output=True, check=True)
    assert int(piped.stdout) == tone().size
    with path.open("rb") as file:
        redirected = subprocess.run(command, stdin=file, capture_output=True, check=True)
    assert int(redirected.stdout) == tone().size


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_devices(device: str) -> None:
    with pytest.raises(AudioError, match="is a device or socket, not a recording"):
        load(device)


@pytest.mark.parametrize("size", [4, 12, 20, 40])
def test_truncated_header(tmp_path: Path, size: int) -> None:
    path = wav(tmp_path / "a.wav", tone())
    path.write_bytes(path.read_bytes()[:size])
    fails(path, "not audio that can be read|cut off|holds no samples")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_samples_that_are_not_finite(tmp_path: Path, bad: float) -> None:
    stereo = np.zeros((200_000, 2), np.float32)
    stereo[150_003:, 1] = bad
    fails(wav(tmp_path / "a.wav", stereo), "sample 150003 is not a finite float32")


@given(cut=st.integers(0, 400), flips=st.lists(st.tuples(st.integers(0, 399), st.integers(1, 255))))
@settings(max_examples=200, deadline=None)
def test_damage_never_gives_another_exception(cut: int, flips: list[tuple[int, int]]) -> None:
    file = io.BytesIO()
    soundfile.write(file, tone()[:300], RATE, format="WAV", subtype="PCM_16")
    data = bytearray(file.getvalue())
    for at, mask in flips:
        data[at] ^= mask
    try:
        y, _ = load(io.BytesIO(bytes(data[: len(data) - cut])), 8000)
    except AudioError:
        return
    assert y.size
    assert np.isfinite(y).all()


def test_importing_audio_loads_no_audio_library() -> None:
    code = "import sys, serfast.audio; print({'soundfile', 'soxr', 'scipy'} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"


@pytest.mark.parametrize("library", ["soundfile", "soxr"])
def test_a_missing_library_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    path = wav(tmp_path / "a.wav", tone())
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=f"pip install {library}"):
        load(path, 8000)
