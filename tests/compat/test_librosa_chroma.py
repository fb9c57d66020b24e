"""The drop-in's chroma and its tuning beside the installed librosa's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import serfast.compat.librosa as ours
from helpers import signals
from helpers import tolerances as tol
from helpers.librosa_calls import (
    drawn,
    long_enough,
    quiet,
    same_kind,
    transforms,
)
from helpers.librosa_calls import signals as any_signals
from helpers.parity_report import Measured
from serfast.compat.librosa.core._tuning import estimated_tuning

Array = np.ndarray[Any, Any]


def error_of(actual: Array, expected: Array) -> float:
    """The largest difference, of the frame's largest value."""
    size = np.maximum(np.abs(expected).max(axis=-2, keepdims=True), 1e-30)
    return float(np.max(np.abs(actual - expected) / size, initial=0))


@quiet
@drawn
@given(
    y=any_signals(),
    arguments=transforms(),
    norm=st.sampled_from([np.inf, 1, 2, None, 3, 0.5, -np.inf, 0]),
    tuning=st.sampled_from([0.0, 0.13, -0.4]),
    n_chroma=st.sampled_from([12, 24, 5]),
    bank=st.sampled_from(
        [{}, {"octwidth": None}, {"base_c": False}, {"ctroct": 4.0, "octwidth": 1.0}]
    ),
)
def test_chroma_with_a_tuning(
    y: Array, arguments: dict[str, Any], bank: dict[str, Any], measured: Measured, **rest: Any
) -> None:
    y = long_enough(y, arguments, "n_fft")
    actual = ours.feature.chroma_stft(y=y, sr=22050, **arguments, **bank, **rest)
    expected = librosa.feature.chroma_stft(y=y, sr=22050, **arguments, **bank, **rest)
    same_kind(actual, expected)
    error = error_of(actual, expected)
    if rest["norm"] not in (-np.inf, 0):  # those are what float32's noise leaves of the least one
        measured.add(tol.CHROMA, error, "compat")
        assert error <= tol.CHROMA.limit


@pytest.mark.parametrize("norm", [np.inf, 1, 2, None, 3, 0.5, -np.inf, 0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_chroma_of_a_spectrogram(norm: float | None, dtype: type, measured: Measured) -> None:
    S = (100 * np.random.default_rng(3).random((2, 257, 9))).astype(dtype)
    S[..., 4] = 0
    for tuning in (None, 0.2):
        if tuning is None and dtype is np.int64:
            continue  # librosa can't estimate the tuning of integers
        call: dict[str, Any] = {"S": S, "sr": 16000, "norm": norm, "tuning": tuning}
        actual, expected = (package.feature.chroma_stft(**call) for package in (ours, librosa))
        same_kind(actual, expected)
        error = error_of(actual, expected)
        measured.add(tol.CHROMA, error, "compat, S")
        assert error <= tol.CHROMA.limit


def scale(cents: float, rate: int = 22050) -> Array:
    """Eight notes, off from A at 440 Hz by so many cents."""
    t = np.arange(rate // 4) / rate
    pitches = 440 * 2 ** ((np.array([0, 2, 4, 5, 7, 9, 11, 12]) + cents / 100) / 12)
    return np.concatenate(
        [np.sin(2 * np.pi * f * t) + np.sin(4 * np.pi * f * t) / 2 for f in pitches]
    )


@pytest.mark.parametrize("cents", [-40, -10, 0, 25, 45])
def test_the_tuning_of_a_scale(cents: float) -> None:
    y = scale(cents)
    power = np.abs(librosa.stft(y)) ** 2
    tuning = estimated_tuning(power, sr=22050, n_fft=2048, bins_per_octave=12)
    assert tuning == pytest.approx(cents / 100, abs=0.04)  # bins are 11 Hz wide
    actual, expected = (package.feature.chroma_stft(y=y) for package in (ours, librosa))
    assert error_of(actual, expected) <= tol.CHROMA.limit


@pytest.mark.parametrize("bins_per_octave", [12, 24, 7])
@pytest.mark.parametrize(
    ("n_fft", "sr"), [(2048, 22050), (512, 16000), (400, 8000), (401, 4000), (64, 500)]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_tuning_is_librosas(bins_per_octave: int, n_fft: int, sr: int, dtype: type) -> None:
    """Of the same spectra, also where the last bin counts (4000 Hz), or few bins do (500 Hz)."""
    for y in (signals.voice(sr, sr), signals.noise(sr), scale(17, 22050)[::5]):
        S = (np.abs(librosa.stft(y.astype(np.float64), n_fft=n_fft)) ** 2).astype(dtype)
        S = S[: n_fft // 2 + 1]
        n = 2 * (len(S) - 1)
        call: dict[str, Any] = {"S": S, "sr": sr, "n_fft": n, "bins_per_octave": bins_per_octave}
        expected = librosa.estimate_tuning(**call)
        assert estimated_tuning(**call) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("speaker", signals.SPEECH)
@pytest.mark.parametrize(("rate", "n_fft", "hop"), [(16000, 512, 160), (22050, 2048, 512)])
def test_chroma_of_speech(
    speaker: str, rate: int, n_fft: int, hop: int, emodb: Path, measured: Measured
) -> None:
    y = signals.speech(emodb, rate)[speaker]
    call: dict[str, Any] = {"y": y, "sr": rate, "n_fft": n_fft, "hop_length": hop}
    actual, expected = (package.feature.chroma_stft(**call) for package in (ours, librosa))
    same_kind(actual, expected)
    tuning = librosa.estimate_tuning(y=y, sr=rate, n_fft=n_fft, hop_length=hop)
    assert -0.5 <= tuning < 0.5
    error = error_of(actual, expected)
    measured.add(tol.CHROMA, error, "compat, speech")
    assert error <= tol.CHROMA.limit


def test_silence_has_no_tuning() -> None:
    for y in (np.zeros(4096), np.ones(4096, np.float32)):
        with pytest.warns(UserWarning, match="tuning") as told:
            chroma = ours.feature.chroma_stft(y=y, center=False)
        assert told[0].filename == __file__
        assert np.isfinite(chroma).all()
