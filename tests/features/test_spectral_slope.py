"""Spectral slope: NumPy's line of least squares on speech, and spectra whose slope is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, FREQUENCIES, N_FFT, RATE
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)
BANDS = [(0.0, 500.0), (500.0, 1500.0), (333.0, 7001.0), (0.0, 8000.0), (100.0, 132.0)]


def line(power: np.ndarray, lo: float, hi: float) -> np.ndarray:
    """The slope of NumPy's line through the levels of a band [dB/kHz]; power is bins × rows."""
    inside = (lo <= FREQUENCIES) & (hi >= FREQUENCIES)
    levels = 10 * np.log10(np.maximum(power[inside], 1e-10))
    if inside.sum() < 2:
        return np.zeros(power.shape[1])
    return np.polyfit(FREQUENCIES[inside] / 1000, levels, 1)[0]


@every_backend
@pytest.mark.parametrize("band", BANDS[:4])
def test_it_is_numpys_line_on_speech(band: tuple[float, float], backend: str, emodb: Path) -> None:
    y = spectral.speech(emodb)
    expected = line(spectral.spectrum_of(y, 2.0), *band)
    found = spectral.rows(serfast.SpectralSlope(lo=band[0], hi=band[1]), backend=backend, y=y)[:, 0]
    error = np.abs(found - expected)
    print(f"spectral_slope {band}, {backend}: median {np.median(error):.1e}, "
          f"worst {error.max():.1e} dB/kHz <= 1e-3")  # fmt: skip
    assert np.median(error) <= 1e-5
    assert error.max() <= 1e-3
    assert np.ptp(expected) > 5  # it isn't constant


@every_backend
@pytest.mark.parametrize("band", BANDS)
def test_levels_on_a_line_have_its_slope(band: tuple[float, float], backend: str) -> None:
    """An impulse response whose power spectrum falls by 3 dB/kHz, in a frame without a window."""
    amplitude = 10 ** (-3 * FREQUENCIES / 1000 / 20)
    y = np.fft.irfft(amplitude, N_FFT).astype(np.float32)
    spec = serfast.FeatureSpec(
        sample_rate=RATE,
        center=False,
        features=[serfast.SpectralSlope(lo=band[0], hi=band[1], window="boxcar")],
    )
    found = serfast.Extractor(spec, backend)(y)
    one_bin = band == (100.0, 132.0)
    np.testing.assert_allclose(found, 0 if one_bin else -3, atol=2e-4)
    assert found.shape == (1, 1)


@every_backend
@pytest.mark.parametrize("band", BANDS)
def test_silence_and_an_impulse_are_flat(band: tuple[float, float], backend: str) -> None:
    """Silence has exactly the slope 0; openSMILE gives others for silence."""
    feature = serfast.SpectralSlope(lo=band[0], hi=band[1])
    assert not spectral.rows(feature, backend=backend, y=np.zeros(900, np.float32)).any()
    impulse = np.zeros(900, np.float32)
    impulse[450] = 0.3
    np.testing.assert_allclose(spectral.rows(feature, backend=backend, y=impulse), 0, atol=1e-3)


@every_backend
def test_the_gain_changes_nothing(backend: str) -> None:
    y = spectral.Y[: 2 * RATE]
    feature = serfast.SpectralSlope(lo=500, hi=1500)
    loud, soft = (spectral.rows(feature, backend=backend, y=y * np.float32(g)) for g in (1, 0.25))
    np.testing.assert_allclose(soft, loud, atol=1e-3)


def test_two_of_them_stand_in_one_spec() -> None:
    slopes = serfast.SpectralSlope(lo=0, hi=500), serfast.SpectralSlope(lo=500, hi=1500.5)
    spec = serfast.FeatureSpec(features=slopes)
    assert spec.columns == ("spectral_slope_0_500", "spectral_slope_500_1500.5")
    assert serfast.FeatureSpec.from_json(spec.to_json()) == spec
    both = serfast.Extractor(spec)(spectral.Y)
    for column, feature in enumerate(slopes):
        np.testing.assert_array_equal(both[:, column], spectral.rows(feature)[:, 0])


def test_it_can_be_named() -> None:
    assert serfast.SpectralSlope(lo=0, hi=500, name="tilt").columns == ("tilt",)


@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.SpectralSlope, backend)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lo": -1.0}, r"^lo must be a finite number >= 0, got -1\.0$"),
        ({"lo": "0"}, "^lo must be a finite number >= 0, got '0'$"),
        ({"lo": 500}, r"^hi must be > 500 Hz \(lo\), got 500\.0$"),
        ({"hi": float("nan")}, "^hi must be a finite number, got nan$"),
        ({"power": 1.0}, r"^power must be 2\.0 for a level in decibels, got 1\.0$"),
        ({"amin": 0.0}, r"^amin must be a finite number >= 1\.17549e-38 and <= 1e\+30, got 0\.0$"),
    ],
)
def test_bad_parameters_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.SpectralSlope(**arguments)


def test_a_band_beyond_half_the_rate_is_refused() -> None:
    message = r"^hi must be <= 4000 Hz \(half the sample rate\), got 5000$"
    with pytest.raises(ParameterError, match=message):
        serfast.FeatureSpec(sample_rate=8000, features=[serfast.SpectralSlope(lo=0, hi=5000)])
