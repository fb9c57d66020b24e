"""Running normalisation: weighted means by NumPy, and rows that don't depend on the gain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import serfast
from helpers import signals, spectral
from helpers.spectral import BACKENDS, HOP, RATE
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)


def both(
    feature: serfast.RunningNormalization, backend: str, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The rows of a feature and of its normalisation, float64."""
    n = len(feature.columns)
    spec = serfast.FeatureSpec(
        sample_rate=RATE, hop_length=HOP, features=[feature.feature, feature]
    )
    rows = serfast.Extractor(spec, backend)(y).astype(np.float64)
    return rows[:, :n], rows[:, n:]


def normalized(
    x: np.ndarray, time_constant: float, together: bool, deviation: bool, floor: float = 0.1
) -> np.ndarray:
    """Each row by the weighted mean and variance of all rows up to it, computed anew."""
    made = []
    for t, row in enumerate(x):
        weights = np.exp(-np.arange(t, -1, -1) * HOP / RATE / time_constant)
        weights /= weights.sum()
        heard = x[: t + 1]
        axis = None if together else 0
        spread = weights[:, np.newaxis] * np.ones(x.shape[1])
        spread /= x.shape[1] if together else 1
        mean = (spread * heard).sum(axis=axis)
        variance = (spread * (heard - mean) ** 2).sum(axis=axis)
        made.append((row - mean) / (np.maximum(np.sqrt(variance), floor) if deviation else 1))
    return np.array(made)


@every_backend
@pytest.mark.parametrize("time_constant", [0.05, 3.0])
@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("deviation", [False, True])
def test_equals_weighted_moments(
    deviation: bool, together: bool, time_constant: float, backend: str
) -> None:
    fields: dict[str, Any] = {
        "time_constant": time_constant, "together": together, "deviation": deviation,
    }  # fmt: skip
    feature = serfast.RunningNormalization(serfast.LogMel(n_mels=12), **fields)
    x, actual = both(feature, backend, spectral.Y)
    expected = normalized(x, **fields)
    error = np.abs(actual - expected).max() / np.abs(expected).max()
    print(f"running normalization {fields}, {backend}: worst {error:.1e} of the largest")
    assert error <= (1e-5 if deviation else 1e-6)  # of float32 rows, over small deviations
    assert np.ptp(actual) > 1
    assert (actual[0] == 0).all() or together


@every_backend
@pytest.mark.parametrize("gain", [2.0**-5, 2.0**3])
@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("deviation", [False, True])
def test_rows_do_not_depend_on_the_gain(
    deviation: bool, together: bool, gain: float, backend: str
) -> None:
    """Float32's rounding of a log-mel value of some 10 neper is 5e-7."""
    feature = serfast.RunningNormalization(
        serfast.LogMel(log="ln", amin=1e-30), together=together, deviation=deviation
    )
    y = (signals.voice(RATE, RATE, seed=5) / 16).astype(np.float32)
    x, plain = both(feature, backend, y)
    louder, changed = both(feature, backend, (gain * y).astype(np.float32))
    np.testing.assert_allclose(louder - x, 2 * np.log(gain), atol=1e-5)
    error = np.abs(changed - plain).max()
    print(f"running normalization at gain {gain:g}, {backend}: {error:.1e}")
    assert error <= (2e-5 if deviation else 3e-6)
    assert np.abs(plain).max() > 1


def test_a_channel_goes_away_with_means_of_their_own_and_stays_with_a_common_one() -> None:
    y = signals.voice(RATE, 2 * RATE, seed=6)
    muffled = np.convolve(y, [0.5, 0.5])[: len(y)].astype(np.float32)
    changed = {}
    for together in (False, True):
        feature = serfast.RunningNormalization(serfast.LogMel(amin=1e-30), together=together)
        _, first = both(feature, "native", y)
        _, second = both(feature, "native", muffled)
        changed[together] = np.median(np.abs(first - second)[50:])
    print(f"a channel moves columns by {changed[False]:.2f} dB, in common {changed[True]:.2f} dB")
    assert changed[False] < 0.1
    assert changed[True] > 5 * changed[False]


def test_constant_columns_have_no_deviation() -> None:
    feature = serfast.RunningNormalization(serfast.LogMel(), deviation=True, min_deviation=1e-6)
    _, rows = both(feature, "native", np.zeros(RATE, np.float32))
    assert (rows == 0).all()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"time_constant": 0.0}, "^time_constant must be a finite number > 0"),
        ({"together": 1}, "^together must be True or False, got 1$"),
        ({"deviation": "yes"}, "^deviation must be True or False, got 'yes'$"),
        ({"min_deviation": 0.0}, "^min_deviation must be a finite number >= 1e-06"),
    ],
)
def test_what_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.RunningNormalization(serfast.LogMel(), **fields)
