"""YIN against signals whose period is known."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import serfast
from helpers import signals
from serfast.backends import BACKENDS
from serfast.features.pitch import lag_range

RATE = 16000
both = pytest.mark.parametrize("backend", BACKENDS)


def extract(
    y: np.ndarray, backend: str, feature: serfast.YIN | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """F0 and aperiodicity of left-aligned frames."""
    spec = serfast.FeatureSpec(
        sample_rate=RATE, hop_length=160, center=False, features=[feature or serfast.YIN()]
    )
    rows = serfast.Extractor(spec, backend=backend)(y)
    return rows[:, 0], rows[:, 1]


def harmonics(f0: float, orders: range, seconds: float = 0.3) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    return 0.1 * np.sum([np.sin(2 * np.pi * k * f0 * t + k) for k in orders], axis=0)


@pytest.mark.parametrize(
    ("rate", "fmin", "fmax", "length", "expected"),
    [
        (16000, 65, 600, 1024, (26, 247)),
        (16000, 100, 800, 400, (20, 160)),
        (22050, 65.4, 2093.0, 2048, (10, 338)),
        (8000, 79.9, 4000, 102, (2, 101)),
    ],
)
@pytest.mark.filterwarnings("ignore:frame_length should hold")
def test_lags_go_from_the_period_of_fmax_to_that_of_fmin(
    rate: float, fmin: float, fmax: float, length: int, expected: tuple[int, int]
) -> None:
    assert lag_range(sample_rate=rate, fmin=fmin, fmax=fmax, frame_length=length) == expected


def test_less_than_two_periods_in_a_frame_warn() -> None:
    with pytest.warns(UserWarning, match=r"two periods of fmin \(492 samples\), got 400"):
        lag_range(sample_rate=RATE, fmin=65, fmax=600, frame_length=400)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lag_range(sample_rate=RATE, fmin=65, fmax=600, frame_length=494)


@both
@pytest.mark.parametrize("f0", [70.0, 110.0, 153.7, 250.0, 401.3, 590.0])
def test_f0_of_harmonics_is_their_fundamental(f0: float, backend: str) -> None:
    pitch, aperiodicity = extract(harmonics(f0, range(1, 8)), backend)
    np.testing.assert_allclose(pitch, f0, rtol=5e-3)
    # d at the period τ is the energy of the last τ of N samples: r(0) τ / N; its mean is r(0).
    assert aperiodicity.max() < RATE / f0 / 1024


@both
@pytest.mark.parametrize("f0", [110.0, 200.0])
def test_the_fundamental_may_be_missing(f0: float, backend: str) -> None:
    pitch, _ = extract(harmonics(f0, range(3, 7)), backend)
    np.testing.assert_allclose(pitch, f0, rtol=5e-3)


@both
def test_noise_is_aperiodic(backend: str) -> None:
    _, aperiodicity = extract(signals.noise(8000), backend)
    assert aperiodicity.min() > 0.6
    assert aperiodicity.max() < 1.2


@both
@pytest.mark.parametrize("level", [0.0, 0.25])
def test_what_never_moves_has_the_shortest_period_and_is_aperiodic(
    level: float, backend: str
) -> None:
    pitch, aperiodicity = extract(np.full(2000, level, np.float32), backend)
    np.testing.assert_array_equal(pitch, np.float32(RATE / 26))
    # A constant c has d(1) = 2 c² and d(τ) = τ c² further on: d'(26) = 26² / (26·27/2 + 1).
    expected = 1 if level == 0 else 26**2 / (26 * 27 / 2 + 1)
    np.testing.assert_allclose(aperiodicity, expected, rtol=1e-5)


@both
@pytest.mark.parametrize("exponent", [-20, -10, 10, 40])
def test_loudness_changes_nothing(exponent: int, backend: str) -> None:
    y = signals.voice(RATE, 8000)
    pitch, aperiodicity = extract(y, backend)
    scaled_pitch, scaled_aperiodicity = extract(y * np.float32(2.0**exponent), backend)
    np.testing.assert_array_equal(scaled_pitch, pitch)
    np.testing.assert_allclose(scaled_aperiodicity, aperiodicity, atol=1e-6)


@both
@given(
    y=arrays(
        np.float32, 300, elements=st.sampled_from([-1.0, -0.3, 0.0, 1e-30, 1e-3, 0.3, 1.0, 1e15])
    )
)
def test_f0_is_always_a_number_within_its_range(backend: str, y: np.ndarray) -> None:
    feature = serfast.YIN(frame_length=300, fmin=110, fmax=1000)
    pitch, aperiodicity = extract(y, backend, feature)
    low, high = lag_range(sample_rate=RATE, fmin=110, fmax=1000, frame_length=300)
    assert RATE / (high + 1) < pitch[0] < RATE / (low - 1)
    assert np.isfinite(aperiodicity).all()


@both
def test_the_threshold_decides_between_a_near_period_and_a_better_one(backend: str) -> None:
    y = harmonics(200.0, range(1, 2)) + 0.2 * harmonics(100.0, range(1, 2))
    strict, _ = extract(y, backend, serfast.YIN(threshold=0.1))
    lenient, _ = extract(y, backend, serfast.YIN(threshold=0.2))
    np.testing.assert_allclose(lenient, 200, rtol=1e-2)
    np.testing.assert_allclose(strict, 100, rtol=1e-2)


@both
def test_shortest_and_longest_lag_are_not_interpolated(backend: str) -> None:
    low_tone, high_tone = harmonics(60.0, range(1, 2)), harmonics(640.0, range(1, 2))
    lowest, _ = extract(low_tone, backend, serfast.YIN(threshold=1e-6, fmin=62, fmax=70))
    highest, _ = extract(high_tone, backend, serfast.YIN(threshold=1e-6, fmin=500, fmax=600))
    np.testing.assert_array_equal(lowest, np.float32(RATE / 259))
    np.testing.assert_array_equal(highest, np.float32(RATE / 26))
