"""Spectral entropy: the formula in float64, on every back end."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, SPECTRA
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)


@every_backend
@pytest.mark.parametrize("power", SPECTRA)
@pytest.mark.parametrize("amin", [1e-10, 1e-3])
def test_it_is_that_of_a_distribution_over_bins(amin: float, power: float, backend: str) -> None:
    spectrum = np.maximum(SPECTRA[power], amin)
    share = spectrum / spectrum.sum(axis=0)
    expected = -(share * np.log(share)).sum(axis=0) / np.log(len(share))
    feature = serfast.SpectralEntropy(power=power, amin=amin)
    found = spectral.assert_close(feature, backend, expected, 1e-5)
    assert expected.min() < (0.5 if power == 2 else 0.8)
    assert found.max() == pytest.approx(1)


def test_power_is_the_default() -> None:
    assert serfast.SpectralEntropy().power == 2


@every_backend
def test_silence_is_even(backend: str) -> None:
    y = np.zeros(900, np.float32)
    found = spectral.rows(serfast.SpectralEntropy(), backend=backend, y=y)
    np.testing.assert_allclose(found, 1, rtol=1e-6)


@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.SpectralEntropy, backend)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"amin": 0.0}, r"^amin must be a finite number >= 1\.17549e-38 and <= 1e\+30, got 0\.0$"),
        ({"amin": 1e-300}, "^amin must be a finite number >= 1.17549e-38.*, got 1e-300$"),
        ({"power": 3.0}, r"^power must be one of 1\.0, 2\.0, got 3\.0$"),
    ],
)
def test_bad_parameters_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.SpectralEntropy(**arguments)
