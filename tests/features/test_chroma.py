"""Chroma: librosa's chroma_stft without tuning, tones of known pitch, on every back end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import librosa
import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, HOP, RATE
from serfast.errors import ParameterError
from serfast.features.chroma import chroma_bank

every_backend = pytest.mark.parametrize("backend", BACKENDS)

BANKS: list[dict[str, Any]] = [
    {},
    {"n_chroma": 24},
    {"n_chroma": 7, "tuning": 0.3},
    {"ctroct": 4.0, "octwidth": 0.5, "base_c": False},
    {"octwidth": None, "tuning": -0.25},
]
NORMS = {"max": np.inf, "sum": 1, "length": 2, None: None}


@pytest.mark.parametrize("n_fft", [2, 3, 16, 441, 512, 2048])
@pytest.mark.parametrize("bank", BANKS)
@pytest.mark.parametrize("rate", [8000, 16000, 22050.5])
def test_the_bank_is_librosas(n_fft: int, bank: dict[str, Any], rate: float) -> None:
    expected = librosa.filters.chroma(sr=rate, n_fft=n_fft, dtype=np.float64, **bank)
    found = chroma_bank(sample_rate=rate, n_fft=n_fft, **bank)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-9)


def librosas(y: np.ndarray, n_fft: int, power: float, norm: Any, **bank: Any) -> np.ndarray:
    """The rows that librosa gives for a spectrum in float64."""
    made = librosa.stft(y.astype(np.float64), n_fft=n_fft, hop_length=HOP)
    arguments = {"sr": RATE, "n_fft": n_fft, "tuning": 0.0, "n_chroma": 12, **bank}
    return librosa.feature.chroma_stft(S=np.abs(made) ** power, norm=norm, **arguments).T


@every_backend
@pytest.mark.parametrize("n_fft", [512, 2048])
@pytest.mark.parametrize("bank", BANKS)
def test_parity_with_librosa_on_speech(
    bank: dict[str, Any], n_fft: int, backend: str, emodb: Path
) -> None:
    y = spectral.speech(emodb)
    expected = librosas(y, n_fft, 2.0, np.inf, **bank)
    found = spectral.rows(serfast.Chroma(n_fft=n_fft, **bank), backend=backend, y=y)
    error = np.abs(found - expected)
    print(f"chroma {n_fft} {bank}, {backend}: median {np.median(error):.1e}, "
          f"worst {error.max():.1e} <= 1e-5")  # fmt: skip
    assert found.shape == expected.shape
    assert error.max() <= 1e-5
    assert np.ptp(expected, axis=0).min() > 0.2  # no column is constant


@every_backend
@pytest.mark.parametrize("power", [1.0, 2.0])
@pytest.mark.parametrize("norm", NORMS)
def test_norms_are_librosas(norm: Any, power: float, backend: str) -> None:
    y = spectral.Y[: 2 * RATE]
    expected = librosas(y, 2048, power, NORMS[norm])
    found = spectral.rows(serfast.Chroma(norm=norm, power=power), backend=backend, y=y)
    scale = expected.max(axis=1, keepdims=True)
    assert (np.abs(found - expected) <= 1e-5 * scale).all()
    assert scale.min() > 0


@every_backend
@pytest.mark.parametrize("octave", [3, 4, 5])
def test_each_note_has_its_column(octave: int, backend: str) -> None:
    """C to B, in three octaves; the note's column is 1, and those next to it are below."""
    t = np.arange(RATE // 2) / RATE
    for note in range(12):
        hz = librosa.midi_to_hz(12 * (octave + 1) + note)
        tone = (0.3 * np.sin(2 * np.pi * hz * t)).astype(np.float32)
        found = spectral.rows(serfast.Chroma(), backend=backend, y=tone)[10:-10]
        np.testing.assert_allclose(found[:, note], 1)
        assert (np.delete(found, note, axis=1) < 0.99).all()


@every_backend
@pytest.mark.parametrize("norm", NORMS)
def test_silence_is_0_and_so_is_what_is_almost_silent(norm: Any, backend: str) -> None:
    feature = serfast.Chroma(norm=norm)
    assert not spectral.rows(feature, backend=backend, y=np.zeros(900, np.float32)).any()
    faint = spectral.rows(feature, backend=backend, y=spectral.Y[:8000] * np.float32(1e-25))
    assert np.abs(faint).max() < 1e-6


@pytest.mark.parametrize("n_chroma", [1, 5, 300])
def test_more_classes_than_bins(n_chroma: int) -> None:
    """The native twin's room for sums is enough for all of them."""
    feature = serfast.Chroma(n_fft=16, n_chroma=n_chroma)
    expected = librosas(spectral.Y, 16, 2.0, np.inf, n_chroma=n_chroma)
    within = expected.max(axis=1) > 0
    found = spectral.rows(feature)
    assert np.abs(found - expected)[within].max() <= 1e-4
    assert found.shape == expected.shape


@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.Chroma, backend)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_chroma": 0}, "^n_chroma must be an int >= 1, got 0$"),
        ({"n_chroma": 1025}, "^n_chroma must be an int <= 1024, got 1025$"),
        ({"tuning": float("nan")}, "^tuning must be a finite number .*, got nan$"),
        ({"octwidth": 0.0}, r"^octwidth must be a finite number >= 0\.01, got 0\.0$"),
        ({"base_c": 1}, "^base_c must be True or False, got 1$"),
        ({"norm": "l2"}, "^norm must be one of 'max', 'sum', 'length', None, got 'l2'$"),
        ({"amin": 0.0}, r"^amin must be a finite number >= 1\.17549e-38 and <= 1e\+30, got 0\.0$"),
        ({"power": 3.0}, r"^power must be one of 1\.0, 2\.0, got 3\.0$"),
    ],
)
def test_bad_parameters_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.Chroma(**arguments)
