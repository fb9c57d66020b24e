"""Spectral flux: the formula in float64, on every back end."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, SPECTRA, Y
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)


@every_backend
@pytest.mark.parametrize("power", SPECTRA)
def test_it_is_the_distance_from_the_spectrum_before(power: float, backend: str) -> None:
    spectrum = SPECTRA[power]
    before = np.concatenate([spectrum[:, :1], spectrum[:, :-1]], axis=1)
    expected = np.sqrt(((spectrum - before) ** 2).sum(axis=0))
    norm = np.sqrt((spectrum**2).sum(axis=0))
    scale = np.maximum(norm, np.roll(norm, 1))
    found = spectral.assert_close(serfast.SpectralFlux(power=power), backend, expected, 1e-6, scale)
    assert found[0] == 0
    assert found[1:101].min() > 0


@every_backend
@pytest.mark.parametrize(("fmax", "mean"), [(5000.0, True), (3000.0, False), (1.0, True)])
def test_part_of_the_bins_and_their_mean(fmax: float, mean: bool, backend: str) -> None:
    """As GeMAPS has it: the bins 0 … ⌈fmax / (bin width)⌉ - 1, the root of the mean."""
    n = int(np.ceil(fmax / (spectral.RATE / spectral.N_FFT)))
    part = SPECTRA[1.0][:n]
    before = np.concatenate([part[:, :1], part[:, :-1]], axis=1)
    squares = (part - before) ** 2
    expected = np.sqrt(squares.mean(axis=0) if mean else squares.sum(axis=0))
    norm = np.sqrt((SPECTRA[1.0] ** 2).sum(axis=0))  # a bin's rounding is that of the transform
    scale = np.maximum(norm, np.roll(norm, 1))
    feature = serfast.SpectralFlux(fmax=fmax, mean=mean)
    spectral.assert_close(feature, backend, expected, 1e-6, scale)


@every_backend
def test_features_beside_it_do_not_change_it(backend: str) -> None:
    """The spectrum of the row before is kept whoever else looks at the spectrum."""
    alone = spectral.rows(serfast.SpectralFlux(), backend=backend)
    beside = spectral.rows(
        serfast.SpectralCentroid(), serfast.SpectralFlux(), serfast.SpectralEntropy(),
        serfast.SpectralFlux(power=2.0, name="power"), serfast.PowerSpectrum(), backend=backend,
    )  # fmt: skip
    np.testing.assert_array_equal(beside[:, 1], alone[:, 0])


@every_backend
def test_what_stays_as_it_is_is_0(backend: str) -> None:
    """Every frame of a signal whose period is the hop is the same, but for those at the ends."""
    periodic = np.tile(Y[:160], 100)
    found = spectral.rows(serfast.SpectralFlux(), backend=backend, y=periodic)[:, 0]
    assert not found[3:-2].any()
    assert found[1] > 0


@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.SpectralFlux, backend)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_fft": 1}, "^n_fft must be an int >= 2, got 1$"),
        ({"power": 3.0}, r"^power must be one of 1\.0, 2\.0, got 3\.0$"),
        ({"fmax": 0.0}, "^fmax must be a finite number > 0, got 0"),
        ({"mean": 1}, "^mean must be True or False, got 1$"),
        ({"remove_dc": 1}, "^remove_dc must be True or False, got 1$"),
    ],
)
def test_bad_parameters_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.SpectralFlux(**arguments)
