"""Log spectral energy: a sum over bins, on every back end."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, MAGNITUDE
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)


@every_backend
@pytest.mark.parametrize(("power", "gain"), [(2.0, 1.0), (1.0, 1 / 512)])
def test_formula(power: float, gain: float, backend: str) -> None:
    expected = np.log(np.maximum(gain * np.sum(MAGNITUDE.astype(float) ** power, axis=0), 1e-10))
    feature = serfast.LogSpectralEnergy(power=power, energy_gain=gain)
    found = spectral.rows(feature, backend=backend)[:, 0]
    np.testing.assert_allclose(found, expected, atol=1e-4)


@every_backend
def test_silence_has_the_floor(backend: str) -> None:
    feature = serfast.LogSpectralEnergy(amin=1e-3)
    found = spectral.rows(feature, backend=backend, y=np.zeros(900, np.float32))
    np.testing.assert_allclose(found, np.log(1e-3), rtol=1e-6)


@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.LogSpectralEnergy, backend)


def test_bad_arguments() -> None:
    with pytest.raises(ParameterError, match=r"^energy_gain must be a finite number >= 1e-12"):
        serfast.LogSpectralEnergy(energy_gain=0.0)
    with pytest.raises(ParameterError, match=r"^amin must be"):
        serfast.LogSpectralEnergy(amin=0.0)
