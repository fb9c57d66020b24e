"""Alpha ratio: the formula in float64, two tones whose ratio is known, on every back end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, FREQUENCIES, RATE

every_backend = pytest.mark.parametrize("backend", BACKENDS)


def formula(
    power: np.ndarray, fmin: float = 50.0, split: float = 1000.0, fmax: float = 5000.0
) -> np.ndarray:
    """The decibels of a power spectrum's lower band above its higher one; bins × rows."""
    low = power[(fmin <= FREQUENCIES) & (split > FREQUENCIES)].sum(axis=0)
    high = power[(split <= FREQUENCIES) & (fmax >= FREQUENCIES)].sum(axis=0)
    return 10 * np.log10(np.maximum(low, 1e-10) / np.maximum(high, 1e-10))


@every_backend
@pytest.mark.parametrize("bands", [{}, {"fmin": 0.0, "split": 1234.0, "fmax": 4000.0}])
def test_it_is_the_formula_on_speech(bands: dict[str, float], backend: str, emodb: Path) -> None:
    y = spectral.speech(emodb)
    expected = formula(spectral.spectrum_of(y, 2.0), **bands)
    found = spectral.rows(serfast.AlphaRatio(**bands), backend=backend, y=y)[:, 0]
    error = np.abs(found - expected)
    print(f"alpha_ratio {bands}, {backend}: median {np.median(error):.1e}, "
          f"worst {error.max():.1e} dB <= 1e-4")  # fmt: skip
    assert np.median(error) <= 1e-5
    assert error.max() <= 1e-4
    assert np.ptp(expected) > 20  # it isn't constant


@every_backend
def test_two_tones_have_the_ratio_of_their_powers(backend: str) -> None:
    t = np.arange(RATE) / RATE
    tones = 0.4 * np.sin(2 * np.pi * 500 * t) + 0.04 * np.sin(2 * np.pi * 3000 * t)
    found = spectral.rows(serfast.AlphaRatio(), backend=backend, y=tones.astype(np.float32))[4:-4]
    np.testing.assert_allclose(found, 20, atol=1e-3)


@every_backend
def test_it_hears_nothing_below_50_hz(backend: str) -> None:
    y = spectral.Y[: 2 * RATE]
    offset = spectral.rows(serfast.AlphaRatio(), backend=backend, y=y + np.float32(0.5))[5:-5]
    np.testing.assert_allclose(
        offset, spectral.rows(serfast.AlphaRatio(), backend=backend, y=y)[5:-5], atol=0.05
    )


@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.AlphaRatio, backend)
