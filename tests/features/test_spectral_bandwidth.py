"""Spectral bandwidth: librosa's with p=2, on every back end."""

from __future__ import annotations

import librosa
import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, FREQUENCIES, RATE, SPECTRA
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)


@every_backend
@pytest.mark.parametrize("power", SPECTRA)
def test_parity_with_librosa(power: float, backend: str) -> None:
    expected = librosa.feature.spectral_bandwidth(S=SPECTRA[power], sr=RATE, p=2)[0]
    feature = serfast.SpectralBandwidth(power=power)
    spectral.assert_close(feature, backend, expected, 1e-4)


@every_backend
def test_it_is_the_deviation_about_the_centroid(backend: str) -> None:
    """The frequencies as a distribution, whose variance NumPy computes of their moments."""
    share = SPECTRA[1.0] / np.maximum(SPECTRA[1.0].sum(axis=0), 1e-30)
    mean, square = FREQUENCIES @ share, FREQUENCIES**2 @ share
    expected = np.sqrt(np.maximum(square - mean**2, 0))
    spectral.assert_close(serfast.SpectralBandwidth(), backend, expected, 1e-4)


@every_backend
def test_silence_is_0(backend: str) -> None:
    y = np.zeros(900, np.float32)
    assert not spectral.rows(serfast.SpectralBandwidth(), backend=backend, y=y).any()


@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.SpectralBandwidth, backend)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"power": 0.5}, r"^power must be one of 1\.0, 2\.0, got 0\.5$"),
        ({"n_fft": 1}, "^n_fft must be an int >= 2, got 1$"),
        ({"name": ""}, "^name must be None or a str of at least 1 character, got ''$"),
    ],
)
def test_bad_parameters_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.SpectralBandwidth(**arguments)
