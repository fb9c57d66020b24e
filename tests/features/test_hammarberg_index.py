"""Hammarberg index: the formula in float64, two tones whose ratio is known, on every back end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, FREQUENCIES, RATE

every_backend = pytest.mark.parametrize("backend", BACKENDS)


def formula(
    power: np.ndarray, fmin: float = 0.0, split: float = 2000.0, fmax: float = 5000.0
) -> np.ndarray:
    """The decibels of the peak of a spectrum's lower band above the higher one's; bins × rows."""
    low = power[(fmin <= FREQUENCIES) & (split > FREQUENCIES)].max(axis=0)
    high = power[(split <= FREQUENCIES) & (fmax >= FREQUENCIES)].max(axis=0)
    return 10 * np.log10(np.maximum(low, 1e-10) / np.maximum(high, 1e-10))


@every_backend
@pytest.mark.parametrize("bands", [{}, {"fmin": 70.0, "split": 1234.0, "fmax": 1300.0}])
def test_it_is_the_formula_on_speech(bands: dict[str, float], backend: str, emodb: Path) -> None:
    y = spectral.speech(emodb)
    expected = formula(spectral.spectrum_of(y, 2.0), **bands)
    found = spectral.rows(serfast.HammarbergIndex(**bands), backend=backend, y=y)[:, 0]
    error = np.abs(found - expected)
    print(f"hammarberg_index {bands}, {backend}: median {np.median(error):.1e}, "
          f"worst {error.max():.1e} dB <= 1e-3")  # fmt: skip
    assert np.median(error) <= 1e-5
    assert error.max() <= 1e-3
    assert np.ptp(expected) > 20  # it isn't constant


@every_backend
@pytest.mark.parametrize("weak", [2000, 4000, 5000])
def test_two_tones_have_the_ratio_of_their_powers(weak: int, backend: str) -> None:
    """The bin at 2 kHz is in the higher band, and so is that at 5 kHz; all tones are at bins."""
    t = np.arange(RATE) / RATE
    tones = 0.4 * np.sin(2 * np.pi * 500 * t) + 0.04 * np.sin(2 * np.pi * weak * t)
    y = tones.astype(np.float32)
    found = spectral.rows(serfast.HammarbergIndex(), backend=backend, y=y)[4:-4]
    np.testing.assert_allclose(found, 20, atol=1e-3)


@every_backend
@pytest.mark.parametrize("at", range(13))
def test_a_peak_at_any_bin_of_a_narrow_band_is_seen(at: int, backend: str) -> None:
    """Bands of 6 and 8 bins: the native twin compares four bins at a time, and then the rest."""
    n_fft, split, n = 32, 3000.0, RATE
    feature = serfast.HammarbergIndex(n_fft=n_fft, split=split, fmax=6500.0, window="boxcar")
    t = np.arange(n) / RATE
    bin_hz = RATE / n_fft
    strong = 0.5 * np.cos(2 * np.pi * at * bin_hz * t)
    other = 12 if at * bin_hz < split else 1
    weak = 0.05 * np.cos(2 * np.pi * other * bin_hz * t)
    spec = serfast.FeatureSpec(hop_length=32, center=False, features=[feature])
    found = serfast.Extractor(spec, backend)((strong + weak).astype(np.float32))[:, 0]
    expected = 20 + 20 * np.log10(2) * (at == 0)  # a constant has twice a tone's amplitude
    np.testing.assert_allclose(found, expected if at * bin_hz < split else -20, atol=1e-2)


@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.HammarbergIndex, backend)
