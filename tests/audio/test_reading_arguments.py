"""What is no recording and no rate is refused by its argument's name."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers.recordings import RATE, tone, wav
from serfast.audio.reading import blocks, load
from serfast.audio.resampling import resample
from serfast.errors import AudioError, ParameterError


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


@pytest.mark.parametrize("rate", [0, -1, 16000.5, float("nan"), "16000", True, 2**40])
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


@pytest.mark.parametrize("library", ["soundfile", "soxr"])
def test_a_missing_library_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    path = wav(tmp_path / "a.wav", tone())
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=f"pip install {library}"):
        load(path, 8000)
