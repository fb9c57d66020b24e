"""Spectral centroid: librosa's, on every back end."""

from __future__ import annotations

import librosa
import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, RATE, SPECTRA
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)


@every_backend
@pytest.mark.parametrize("power", SPECTRA)
def test_parity_with_librosa(power: float, backend: str) -> None:
    expected = librosa.feature.spectral_centroid(S=SPECTRA[power], sr=RATE)[0]
    feature = serfast.SpectralCentroid(power=power)
    spectral.assert_close(feature, backend, expected, 1e-5)


@every_backend
@pytest.mark.parametrize("power", SPECTRA)
def test_parity_with_librosa_on_speech(power: float, backend: str, emodb) -> None:
    y = spectral.speech(emodb)
    magnitude = spectral.spectrum_of(y, power)
    expected = librosa.feature.spectral_centroid(S=magnitude, sr=RATE)[0]
    found = spectral.rows(serfast.SpectralCentroid(power=power), backend=backend, y=y)[:, 0]
    error = spectral.worst(found, expected)
    print(f"spectral_centroid of speech, power {power:g}, {backend}: worst {error:.1e} <= 1e-05")
    assert error <= 1e-5


@every_backend
def test_a_tone_lies_at_its_frequency(backend: str) -> None:
    """Of a whole number of periods a frame: the Hann window spreads it evenly to both sides."""
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE).astype(np.float32)
    found = spectral.rows(serfast.SpectralCentroid(), backend=backend, y=tone)[10:-10, 0]
    np.testing.assert_allclose(found, 1000, rtol=1e-5)


@every_backend
def test_silence_is_0(backend: str) -> None:
    found = spectral.rows(serfast.SpectralCentroid(), backend=backend, y=np.zeros(900, np.float32))
    assert not found.any()


@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.SpectralCentroid, backend)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"power": 3.0}, r"^power must be one of 1\.0, 2\.0, got 3\.0$"),
        ({"n_fft": 1}, "^n_fft must be an int >= 2, got 1$"),
        ({"win_length": 513}, r"^win_length must be <= n_fft \(512\), got 513$"),
    ],
)
def test_bad_parameters_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.SpectralCentroid(**arguments)
