"""Spectral flatness: librosa's, on every back end."""

from __future__ import annotations

import librosa
import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, MAGNITUDE
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)


@every_backend
@pytest.mark.parametrize(("power", "amin"), [(2.0, 1e-10), (1.0, 1e-5)])
def test_parity_with_librosa(power: float, amin: float, backend: str) -> None:
    """With the floor of power, and with its root for magnitudes."""
    expected = librosa.feature.spectral_flatness(S=MAGNITUDE, power=power, amin=amin)[0]
    feature = serfast.SpectralFlatness(power=power, amin=amin)
    spectral.assert_close(feature, backend, expected, 5e-3)


def test_a_lower_floor_of_magnitudes_is_parity_in_float64_only() -> None:
    """The emptiest bins of a tone then count with whatever a transform's rounding left in them."""
    expected = librosa.feature.spectral_flatness(S=MAGNITUDE, power=1.0, amin=1e-10)[0]
    feature = serfast.SpectralFlatness(power=1.0, amin=1e-10)
    spectral.assert_close(feature, "reference", expected, 5e-3)
    found = spectral.rows(feature)[:, 0]
    assert np.median(np.abs(found - expected) / expected) <= 1e-6


@every_backend
def test_parity_with_librosa_with_another_floor(backend: str) -> None:
    expected = librosa.feature.spectral_flatness(S=MAGNITUDE, amin=1e-4)[0]
    spectral.assert_close(serfast.SpectralFlatness(amin=1e-4), backend, expected, 5e-3)


def test_power_is_the_default() -> None:
    assert serfast.SpectralFlatness().power == 2


@every_backend
def test_silence_is_even(backend: str) -> None:
    y = np.zeros(900, np.float32)
    found = spectral.rows(serfast.SpectralFlatness(), backend=backend, y=y)
    np.testing.assert_allclose(found, 1, rtol=1e-6)


@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.SpectralFlatness, backend)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"amin": 0.0}, r"^amin must be a finite number >= 1\.17549e-38 and <= 1e\+30, got 0\.0$"),
        ({"amin": 1e-300}, "^amin must be a finite number >= 1.17549e-38.*, got 1e-300$"),
        ({"amin": 1e38}, r"^amin must be a finite number >= .* <= 1e\+30, got 1e\+38$"),
        ({"power": 3.0}, r"^power must be one of 1\.0, 2\.0, got 3\.0$"),
    ],
)
def test_bad_parameters_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.SpectralFlatness(**arguments)
