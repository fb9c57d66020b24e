"""Spectral roll-off: librosa's bin on every back end, but where a sum meets the threshold."""

from __future__ import annotations

import librosa
import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, N_FFT, RATE, SPECTRA
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)


@every_backend
@pytest.mark.parametrize("power", SPECTRA)
@pytest.mark.parametrize("share", [0.05, 0.5, 0.85, 0.99])
def test_parity_with_librosa_but_for_ties(share: float, power: float, backend: str) -> None:
    spectrum = SPECTRA[power]
    expected = librosa.feature.spectral_rolloff(S=spectrum, sr=RATE, roll_percent=share)[0]
    feature = serfast.SpectralRolloff(share=share, power=power)
    found = spectral.rows(feature, backend=backend)[:, 0]
    total = spectrum.cumsum(axis=0)
    bins = np.rint(expected / (RATE / N_FFT)).astype(int)
    margin = np.abs(total - share * total[-1]).min(axis=0) / np.maximum(total[-1], 1e-30)
    tied = (margin < 1e-6) & (total[-1] > 0)
    off = np.abs(found - expected).max() / (RATE / N_FFT)
    print(f"rolloff {share}, power {power:g}, {backend}: {int(tied.sum())} of {len(found)} rows "
          f"tied, worst {off:g} bins")  # fmt: skip
    assert tied.mean() < 0.01
    np.testing.assert_array_equal(found[~tied], (bins * RATE / N_FFT)[~tied])
    assert np.abs(found - expected).max() <= RATE / N_FFT
    assert np.ptp(expected) > 0.1 * expected.max()  # it isn't constant


@every_backend
def test_silence_is_0(backend: str) -> None:
    y = np.zeros(900, np.float32)
    assert not spectral.rows(serfast.SpectralRolloff(), backend=backend, y=y).any()


@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.SpectralRolloff, backend)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"share": 1.0}, r"^share must be > 0 and < 1, got 1\.0$"),
        ({"share": 0.0}, r"^share must be > 0 and < 1, got 0\.0$"),
        ({"share": float("nan")}, "^share must be a finite number, got nan$"),
        ({"share": "all"}, "^share must be a finite number, got 'all'$"),
        ({"power": 3.0}, r"^power must be one of 1\.0, 2\.0, got 3\.0$"),
    ],
)
def test_bad_parameters_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.SpectralRolloff(**arguments)
