"""Loudness: the formula in NumPy on speech, tones whose loudness is known, on every back end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, FREQUENCIES, RATE
from serfast.errors import ParameterError
from serfast.features.loudness import equal_loudness

every_backend = pytest.mark.parametrize("backend", BACKENDS)


def hermanskys(hz: np.ndarray) -> np.ndarray:
    """Hermansky's weight for signals of more than 5 kHz, times the last factor's value at 0 Hz."""
    w = 2 * np.pi * hz
    return (
        9.58e26 * (w**2 + 56.8e6) * w**4
        / ((w**2 + 6.3e6) ** 2 * (w**2 + 0.38e9) * (w**6 + 9.58e26))
    )  # fmt: skip


def formula(
    power: np.ndarray, n_mels: int = 26, fmin: float = 20.0, fmax: float = 8000.0
) -> np.ndarray:
    """The loudness of a power spectrum, band by band; bins × rows."""
    mels = np.linspace(1127 * np.log(1 + fmin / 700), 1127 * np.log(1 + fmax / 700), n_mels + 2)
    edges = 700 * (np.exp(mels / 1127) - 1)
    total = np.zeros(power.shape[1])
    for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False):
        weights = np.interp(FREQUENCIES, [low, middle, high], [0, 1, 0])
        total += (hermanskys(middle) * np.maximum(weights @ power, 1e-10)) ** 0.33
    return total


@every_backend
@pytest.mark.parametrize("bands", [{}, {"n_mels": 17, "fmin": 100.0, "fmax": 5000.0}])
def test_it_is_the_formula_on_speech(bands: dict[str, float], backend: str, emodb: Path) -> None:
    y = spectral.speech(emodb)
    expected = formula(spectral.spectrum_of(y, 2.0), **bands)
    found = spectral.rows(serfast.Loudness(**bands), backend=backend, y=y)[:, 0]
    error = np.abs(found / expected - 1)
    print(f"loudness {bands}, {backend}: median {np.median(error):.1e}, worst {error.max():.1e}")
    assert error.max() <= 1e-6
    assert expected.max() > 5 * expected.min()  # it isn't constant


def test_the_weight_rises_to_3_khz_and_falls_above_5() -> None:
    hz = np.arange(10.0, 11000.0)
    weight = equal_loudness(hz)
    np.testing.assert_allclose(weight, hermanskys(hz), rtol=1e-12)
    assert 3000 < hz[weight.argmax()] < 5000
    assert (np.diff(weight)[hz[1:] < 3000] > 0).all()
    assert (np.diff(weight)[hz[1:] > 5000] < 0).all()


@every_backend
def test_ten_decibels_are_a_factor_of_ten_to_the_exponent(backend: str) -> None:
    y = spectral.Y[:RATE]
    for exponent in (0.33, 0.5):
        feature = serfast.Loudness(exponent=exponent, amin=1e-30)
        loud, soft = (
            spectral.rows(feature, backend=backend, y=(y * 10**gain).astype(np.float32))
            for gain in (0, -0.5)
        )
        np.testing.assert_allclose(loud / soft, 10**exponent, rtol=1e-3)


@every_backend
def test_a_reference_divides_the_power(backend: str) -> None:
    y = spectral.Y[:RATE]
    plain = spectral.rows(serfast.Loudness(amin=1e-30), backend=backend, y=y)
    related = spectral.rows(serfast.Loudness(ref=0.17, amin=1e-30), backend=backend, y=y)
    np.testing.assert_allclose(related, plain * 0.17**-0.33, rtol=1e-5)


@every_backend
def test_a_tone_is_louder_where_the_ear_is_better(backend: str) -> None:
    t = np.arange(RATE) / RATE
    found = {
        hz: spectral.rows(
            serfast.Loudness(), backend=backend,
            y=(0.1 * np.sin(2 * np.pi * hz * t)).astype(np.float32),
        )[5:-5].mean()
        for hz in (125, 500, 3000)
    }  # fmt: skip
    assert found[125] < found[500] < found[3000]


@every_backend
def test_silence_has_the_value_that_the_page_names(backend: str) -> None:
    found = spectral.rows(serfast.Loudness(), backend=backend, y=np.zeros(900, np.float32))
    expected = formula(np.zeros((len(FREQUENCIES), 1)))[0]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert f"{expected:.4f} with the default fields" in serfast.Loudness.__doc__


@every_backend
def test_the_log_mel_spectrum_beside_it_stays_the_same(backend: str) -> None:
    """Both look at one log-mel spectrum."""
    mel = serfast.LogMel(n_mels=26, fmin=20, fmax=8000, htk=True, mel_norm=None, log="ln")
    both = spectral.rows(mel, serfast.Loudness(), backend=backend)
    np.testing.assert_array_equal(both[:, :26], spectral.rows(mel, backend=backend))
    np.testing.assert_array_equal(both[:, 26:], spectral.rows(serfast.Loudness(), backend=backend))


@pytest.mark.filterwarnings("ignore:n_mels must be small")
@every_backend
def test_odd_sizes_silence_and_constants(backend: str) -> None:
    spectral.assert_finite_at_odd_sizes(serfast.Loudness, backend)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"log": "db"}, "^log must be 'ln' for a loudness, got 'db'$"),
        ({"exponent": 0.0}, r"^exponent must be a finite number > 0 and <= 1, got 0\.0$"),
        ({"exponent": 1.5}, r"^exponent must be a finite number > 0 and <= 1, got 1\.5$"),
        ({"top_db": 80.0}, r"^top_db must be None for a function of log_mel, got 80\.0$"),
        ({"n_mels": 0}, "^n_mels must be an int >= 1, got 0$"),
    ],
)
def test_bad_parameters_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.Loudness(**arguments)


def test_a_band_beyond_half_the_rate_is_refused() -> None:
    message = r"^fmax must be <= 4000 Hz \(half the sample rate\), got 8000\.0$"
    with pytest.raises(ParameterError, match=message):
        serfast.FeatureSpec(sample_rate=8000, features=[serfast.Loudness()])
