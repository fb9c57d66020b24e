"""Spectral contrast: librosa's on speech, without its limit of 80 dB, on every back end."""

from __future__ import annotations

import functools
from pathlib import Path

import librosa
import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, FREQUENCIES, RATE, SPECTRA
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)

BANDS = [
    {},
    {"n_bands": 3},
    {"n_bands": 4, "fmin": 400.0, "quantile": 0.2},
    {"n_bands": 2, "quantile": 0.9},
]


@pytest.fixture
def without_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let librosa not raise levels to 80 dB below the recording's largest: a stream can't."""
    levels = functools.partial(librosa.power_to_db, top_db=None)
    monkeypatch.setattr(librosa.feature.spectral, "power_to_db", levels)


def librosas(spectrum: np.ndarray, **arguments: object) -> np.ndarray:
    """The rows that librosa gives for a spectrum."""
    return librosa.feature.spectral_contrast(S=spectrum, sr=RATE, **arguments).T


@every_backend
@pytest.mark.parametrize("power", SPECTRA)
@pytest.mark.parametrize("bands", BANDS)
@pytest.mark.usefixtures("without_limit")
def test_parity_with_librosa_on_speech(
    bands: dict[str, float], power: float, backend: str, emodb: Path
) -> None:
    y = spectral.speech(emodb)
    expected = librosas(spectral.spectrum_of(y, power), **bands)
    feature = serfast.SpectralContrast(power=power, **bands)
    found = spectral.rows(feature, backend=backend, y=y)
    error = np.abs(found - expected)
    limit = 0.03 * power  # decibels are 10 log10 of the mean, whatever the power is
    print(f"spectral_contrast {bands}, power {power:g}, {backend}: median {np.median(error):.1e}, "
          f"worst {error.max():.1e} dB <= {limit:g}")  # fmt: skip
    assert found.shape == expected.shape
    assert np.median(error) <= 1e-4
    assert error.max() <= limit
    assert np.ptp(expected, axis=0).max() > 5  # it isn't constant


@every_backend
def test_librosas_limit_changes_only_what_is_80_db_below(backend: str, emodb: Path) -> None:
    """With librosa's own levels, rows agree whose bands are all within 80 dB of the loudest."""
    y = spectral.speech(emodb)
    magnitude = spectral.spectrum_of(y)
    expected = librosas(magnitude)
    lowest = 10 * np.log10(magnitude.min(axis=0))
    within = lowest > 10 * np.log10(magnitude.max()) - 75
    found = spectral.rows(serfast.SpectralContrast(), backend=backend, y=y)
    assert within.mean() > 0.5
    assert np.abs(found - expected)[within].max() <= 0.03


@every_backend
@pytest.mark.parametrize("power", SPECTRA)
@pytest.mark.parametrize("bands", BANDS)
def test_linear_parity_with_librosa(bands: dict[str, float], power: float, backend: str) -> None:
    expected = librosas(SPECTRA[power], linear=True, **bands)
    feature = serfast.SpectralContrast(power=power, linear=True, **bands)
    found = spectral.rows(feature, backend=backend)
    error = spectral.worst(found, expected, SPECTRA[power].max(axis=0)[:, np.newaxis])
    print(f"linear {bands}, power {power:g}, {backend}: worst {error:.1e} of the frame's peak")
    assert error <= 1e-5


@every_backend
def test_it_is_the_formula(backend: str) -> None:
    """One band that is easy to cut out: 1000 to 2000 Hz, a bin more below, a bin less above."""
    feature = serfast.SpectralContrast(fmin=1000.0, n_bands=3, quantile=0.1, amin=1e-3)
    inside = np.flatnonzero((FREQUENCIES >= 1000) & (FREQUENCIES <= 2000))
    band = np.sort(SPECTRA[1.0][inside[0] - 1 : inside[-1]], axis=0)
    extremes = round(0.1 * (len(band) + 1))
    valley, peak = band[:extremes].mean(axis=0), band[-extremes:].mean(axis=0)
    expected = 10 * np.log10(np.maximum(peak, 1e-3) / np.maximum(valley, 1e-3))
    found = spectral.rows(feature, backend=backend)[:, 1]
    error = np.abs(found - expected)
    print(f"one band, {backend}: median {np.median(error):.1e}, worst {error.max():.1e} dB <= 0.03")
    assert error.max() <= 0.03


@every_backend
def test_silence_and_a_band_without_a_bin_are_0(backend: str) -> None:
    y = np.zeros(900, np.float32)
    assert not spectral.rows(serfast.SpectralContrast(), backend=backend, y=y).any()
    narrow = serfast.SpectralContrast(n_fft=16, fmin=100.0, n_bands=3)  # bins are 1000 Hz apart
    found = spectral.rows(narrow, backend=backend)
    assert not found[:, 1:3].any()
    assert np.isfinite(found).all()


@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.SpectralContrast, backend)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_bands": 0}, "^n_bands must be an int >= 1, got 0$"),
        ({"n_bands": -1}, "^n_bands must be an int >= 1, got -1$"),
        ({"n_bands": 2.5}, r"^n_bands must be an int >= 1, got 2\.5$"),
        ({"n_bands": 65}, "^n_bands must be an int <= 64, got 65$"),
        ({"fmin": 0}, "^fmin must be a finite number > 0, got 0$"),
        ({"quantile": 0.0}, r"^quantile must be > 0 and < 1, got 0\.0$"),
        ({"quantile": 1}, "^quantile must be > 0 and < 1, got 1$"),
        ({"linear": 1}, "^linear must be True or False, got 1$"),
        ({"amin": 0.0}, r"^amin must be a finite number >= 1\.17549e-38 and <= 1e\+30, got 0\.0$"),
        ({"power": 3.0}, r"^power must be one of 1\.0, 2\.0, got 3\.0$"),
    ],
)
def test_bad_parameters_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.SpectralContrast(**arguments)


def test_bands_beyond_half_the_rate_are_refused() -> None:
    message = (
        r"^n_bands must be such that fmin · 2\^\(n_bands - 1\) < 8000 Hz \(half the rate\), "
        "got 7: 12800 Hz$"
    )
    with pytest.raises(ParameterError, match=message):
        serfast.FeatureSpec(features=[serfast.SpectralContrast(n_bands=7)])
