"""Formants from harmonics: vowels of high voices, and Formants where there is no voice."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import serfast
from helpers import spectral, vowels
from helpers.broad import RATE
from helpers.spectral import BACKENDS
from serfast.errors import ParameterError
from serfast.features.harmonic_formants import discrete_model
from serfast.features.linear_prediction import predictor

every_backend = pytest.mark.parametrize("backend", BACKENDS)
PITCH = serfast.YIN(fmin=65.0, fmax=600.0)


def rows(y: np.ndarray, backend: str = "native", **fields: object) -> np.ndarray:
    """The formants' columns; F0 is YIN's."""
    features = [PITCH, serfast.HarmonicFormants(**fields)]
    spec = serfast.FeatureSpec(sample_rate=RATE, features=features)
    return serfast.Extractor(spec, backend)(y)[:, 2:]


@pytest.mark.parametrize("f0", [80, 100, 120, 150, 180, 200, 220, 240, 249])
def test_vowels_have_their_formants(f0: int) -> None:
    """F1 and F2 within 3 % in every vowel but few, and within 4 % in all."""
    errors = []
    for hz in vowels.VOWELS.values():
        found = np.median(rows(vowels.vowel(hz, float(f0)))[12:28, :4:2], axis=0)
        errors.append(np.abs(found / hz[:2] - 1))
    first, second = np.array(errors).T
    print(f"vowels at {f0} Hz: F1 off by {np.median(first):.1%}, worst {first.max():.1%}; "
          f"F2 {np.median(second):.1%}, worst {second.max():.1%}")  # fmt: skip
    assert np.mean(np.array(errors) <= 0.03) >= 0.9
    assert np.max(errors) <= 0.04


@every_backend
def test_back_ends_agree_on_vowels(backend: str) -> None:
    for name in ("i", "a", "u"):
        y = vowels.vowel(vowels.VOWELS[name], 220.0, seconds=0.2)
        found, expected = rows(y, backend, n=5), rows(y, "native", n=5)
        np.testing.assert_allclose(found[5:-5], expected[5:-5], rtol=1e-3, atol=0.5)


@every_backend
def test_rows_without_a_voice_are_those_of_formants(backend: str) -> None:
    """But for the white noise that is added, which is tenfold here."""
    y = np.random.default_rng(2).normal(size=RATE // 2).astype(np.float32) * 0.1
    spec = serfast.FeatureSpec(sample_rate=RATE, features=[serfast.Formants()])
    expected = serfast.Extractor(spec, backend)(y)
    np.testing.assert_allclose(rows(y, backend, voiced=1e-6), expected, rtol=1e-3, atol=0.1)


def test_the_model_of_lines_that_a_filter_made_is_the_filter() -> None:
    """As many lines as a voice of 300 Hz has; linear prediction of them is far off."""
    a = np.array([1.0])
    for hz, width in ((700, 80), (1900, 100), (3100, 150), (4300, 200)):
        r = np.exp(-np.pi * width / 11000)
        a = np.convolve(a, [1, -2 * r * np.cos(2 * np.pi * hz / 11000), r * r])
    angles = 2 * np.pi * 300 * np.arange(1, 19) / 11000
    power = 1 / np.abs(np.exp(-1j * np.outer(angles, np.arange(9))) @ a) ** 2
    made = discrete_model(power, angles, 8)
    predicted = predictor(np.cos(np.outer(np.arange(9), angles)) @ power, 8, 0.0, 1.0)
    expected, found, drawn = (np.sort(np.angle(np.roots(x)))[4:] for x in (a, made, predicted))
    np.testing.assert_allclose(found, expected, rtol=0.02)
    assert np.abs(drawn / expected - 1).max() > 0.04


@every_backend
@pytest.mark.parametrize("missing", ["zero", "nan"])
def test_silence_has_no_formant(missing: str, backend: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = rows(np.zeros(4000, np.float32), backend, missing=missing)
    assert np.isnan(found).all() if missing == "nan" else not found.any()


def test_ten_thousand_random_rows_are_finite() -> None:
    random = np.random.default_rng(6)
    made = []
    for _ in range(1000):
        period = random.integers(20, 300)
        y = np.tile(random.normal(size=period), 1600 // period + 1)[:1600]
        made.append((y + random.normal(size=1600) * 0.1) * 10 ** random.uniform(-6, 0))
    found = rows(np.concatenate(made).astype(np.float32), n=5)
    assert len(found) > 10_000
    assert np.isfinite(found).all()


@every_backend
def test_extreme_signals_give_finite_rows(backend: str) -> None:
    t = np.arange(4000) / RATE
    for y in (np.ones(4000), np.sin(2 * np.pi * 600 * t), np.sign(np.sin(2 * np.pi * 65 * t)),
              3e38 * np.sin(2 * np.pi * 200 * t), spectral.Y[20000:24000]):  # fmt: skip
        for length in (1, 320, 4000):
            assert np.isfinite(rows(y[:length].astype(np.float32), backend, n=5)).all()


def test_columns_and_bad_fields() -> None:
    assert serfast.HarmonicFormants(n=1).columns == ("harmonic_f1", "harmonic_b1")
    assert serfast.HarmonicFormants(n=1, name="high").columns == ("high_f1", "high_b1")
    with pytest.raises(ParameterError, match=r"^voiced must be a finite number > 0, got 0\.0$"):
        serfast.HarmonicFormants(voiced=0.0)
    with pytest.raises(ParameterError, match="f0"):
        serfast.FeatureSpec(features=[serfast.HarmonicFormants()])
