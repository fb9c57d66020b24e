"""Every kind of broken recording is named as such."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.recordings import RATE, tone, wav
from serfast.audio.reading import load
from serfast.errors import AudioError


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
