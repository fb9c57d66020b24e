"""Relative levels: sums by NumPy, rows that don't depend on the gain, and digital silence."""

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
    feature: serfast.RelativeLevel, backend: str, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The rows of a mel spectrum and of its relative levels, float64."""
    n = len(feature.columns)
    spec = serfast.FeatureSpec(
        sample_rate=RATE, hop_length=HOP, features=[feature.feature, feature]
    )
    rows = serfast.Extractor(spec, backend)(y).astype(np.float64)
    return rows[:, :n], rows[:, n:]


def levels(power: np.ndarray, time_constant: float, top_db: float) -> np.ndarray:
    """Each row over the weighted mean power of all rows up to it, computed anew."""
    made = []
    for t, row in enumerate(power):
        weights = np.exp(-np.arange(t, -1, -1) * HOP / RATE / time_constant)
        mean = (weights @ power[: t + 1].mean(axis=1)) / weights.sum()
        ratio = np.divide(row, mean, out=np.zeros_like(row), where=row > 0)
        made.append(10 * np.log10(np.maximum(ratio, 10 ** (-top_db / 10))))
    return np.array(made)


@every_backend
@pytest.mark.parametrize("top_db", [40.0, 80.0])
@pytest.mark.parametrize("time_constant", [0.05, 3.0])
def test_equals_weighted_means(time_constant: float, top_db: float, backend: str) -> None:
    feature = serfast.RelativeLevel(
        serfast.MelPower(n_mels=12), time_constant=time_constant, top_db=top_db
    )
    power, actual = both(feature, backend, spectral.Y)
    error = np.abs(actual - levels(power, time_constant, top_db)).max()
    print(f"relative level, {time_constant} s, {top_db} dB, {backend}: worst {error:.1e} dB")
    assert error <= 2e-5  # float32's rounding of 80 dB is 4e-6
    assert np.ptp(actual) > 30
    assert actual.min() == -top_db


@every_backend
def test_gains_of_powers_of_two_change_no_bit(backend: str) -> None:
    feature = serfast.RelativeLevel(serfast.MelPower())
    y = (signals.voice(RATE, RATE, seed=5) / 16).astype(np.float32)
    y[4000:9000] = 0  # digital silence has no gain
    plain = both(feature, backend, y)[1]
    for gain in (2.0**-6, 2.0**3):
        power, changed = both(feature, backend, (gain * y).astype(np.float32))
        assert power.max() > 0
        np.testing.assert_array_equal(changed, plain)


@every_backend
def test_other_gains_change_rounding_only(backend: str) -> None:
    feature = serfast.RelativeLevel(serfast.MelPower())
    y = (signals.voice(RATE, RATE, seed=5) / 16).astype(np.float32)
    plain = both(feature, backend, y)[1]
    changed = both(feature, backend, (np.float32(10 ** (-30 / 20)) * y).astype(np.float32))[1]
    error = np.abs(changed - plain).max()
    print(f"relative level at -30 dB, {backend}: {error:.1e} dB")
    assert 0 < error <= 1e-2


def test_a_pause_and_a_noise_below_the_speech_hardly_move_the_mean() -> None:
    """The mean of powers is that of the speech; a mean of logarithms is not."""
    y = signals.voice(RATE, RATE, seed=6).astype(np.float32)
    noise = np.random.default_rng(7).normal(size=len(y)) * 10**-1.5 * np.sqrt(np.mean(y**2))
    loudest = {}
    for kind in (
        serfast.RelativeLevel(serfast.MelPower()),
        serfast.RunningNormalization(serfast.LogMel(), together=True),
    ):
        spec = serfast.FeatureSpec(sample_rate=RATE, hop_length=HOP, features=[kind])
        extractor = serfast.Extractor(spec)
        tops = [extractor(x.astype(np.float32)).max(axis=1)[50:] for x in (y, y + noise)]
        loudest[type(kind).__name__] = np.median(np.abs(tops[1] - tops[0]))
    print(f"noise 30 dB below moves the strongest band by {loudest} dB")
    assert loudest["RelativeLevel"] < 0.5
    assert loudest["RunningNormalization"] > 4 * loudest["RelativeLevel"]


@every_backend
def test_digital_silence_is_the_lowest_level(backend: str) -> None:
    feature = serfast.RelativeLevel(serfast.MelPower(), top_db=50)
    assert (both(feature, backend, np.zeros(RATE, np.float32))[1] == -50).all()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"feature": serfast.LogMel()}, "^feature must be power that isn't logarithmic"),
        ({"time_constant": 0.0}, "^time_constant must be a finite number > 0"),
        ({"top_db": 0.5}, "^top_db must be a finite number >= 1"),
        ({"top_db": float("inf")}, "^top_db must be a finite number"),
    ],
)
def test_what_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.RelativeLevel(**{"feature": serfast.MelPower(), **fields})
