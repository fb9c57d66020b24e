"""Samples of 16 bits times a gain: what comes back is what was recorded, to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from serfast.audio.pcm import FULL_SCALE, MOST, without_gain

RANDOM = np.random.default_rng(3)
GAINS_DB = (-90, -30, -20, -10, -7, -0.1, 3, 10, 40)


def recorded(loudness: float, n: int = 20000) -> np.ndarray:
    """Whole numbers as a converter gives them: a swelling noise."""
    swell = np.sin(np.arange(n) * 2e-4)
    whole = np.rint(RANDOM.normal(0, loudness, n) * swell)
    return np.clip(whole, -FULL_SCALE, FULL_SCALE - 1)


@pytest.mark.parametrize("loudness", [2, 300, 5000, 30000])
@pytest.mark.parametrize("gain_db", GAINS_DB)
def test_a_gain_leaves_no_trace(loudness, gain_db):
    whole = recorded(loudness)
    gained = (whole / FULL_SCALE).astype(np.float32) * np.float32(10 ** (gain_db / 20))
    twice = gained * np.float32(0.3)
    for given in (gained, twice):
        samples, gain = without_gain(given)
        np.testing.assert_array_equal(samples * FULL_SCALE, whole)
        np.testing.assert_allclose(samples * gain, given, rtol=3e-7)


@pytest.mark.parametrize("least", [3, 17, MOST])
def test_the_smallest_sample_may_be_some_steps_large(least):
    whole = np.concatenate([least + np.arange(1000), [-FULL_SCALE]])
    gained = whole.astype(np.float32) * np.float32(1e-5 * np.pi)
    np.testing.assert_array_equal(without_gain(gained)[0] * FULL_SCALE, whole)


def test_a_common_divisor_goes_as_a_gain_does():
    whole = recorded(1000)
    samples, gain = without_gain((7 * whole).astype(np.float32))
    np.testing.assert_array_equal(samples * FULL_SCALE, whole)
    assert gain == pytest.approx(7 * FULL_SCALE)


def noise() -> np.ndarray:
    return RANDOM.normal(0, 0.1, 3000)


def moved() -> np.ndarray:
    """One sample of twenty thousand, moved by a ten-thousandth of itself."""
    whole = recorded(300)
    whole[7001] = 100.01
    return whole / FULL_SCALE


@pytest.mark.parametrize(
    "given",
    [
        noise(),
        moved(),
        np.clip(recorded(20000) / FULL_SCALE * 1.7, -1, 1),
        np.zeros(100),
        np.array([MOST + 1, MOST + 2, -FULL_SCALE]) / FULL_SCALE,  # the step isn't looked for
        np.array([1, FULL_SCALE + 1]),  # more than 16 bits
        np.array([1e-45, 3e38]),
    ],
)
def test_everything_else_stays_as_it_is(given):
    signal = given.astype(np.float32)
    samples, gain = without_gain(signal)
    assert samples is signal
    assert gain == 1


def test_one_sample_is_one_step():
    samples, _ = without_gain(np.array([-0.3], np.float32))
    np.testing.assert_array_equal(samples, [-1 / FULL_SCALE])


@pytest.mark.parametrize("seed", range(100))
def test_whatever_it_is_samples_times_gain_are_the_signal(seed):
    random = np.random.default_rng(seed)
    n = int(random.integers(1, 200))
    steps = random.integers(-9, 9, n) * random.choice([1, 1e-3, np.pi, 1e30, 1e-40])
    noise = random.normal(size=n) * random.choice([0, 1e-7, 1e-3])
    signal = (steps + noise).astype(np.float32)
    samples, gain = without_gain(signal)
    np.testing.assert_allclose(samples * gain, signal, rtol=2e-6, atol=1e-44)


def test_what_was_recorded_is_given_as_it_is():
    signal = (recorded(300) / FULL_SCALE).astype(np.float32)
    samples, gain = without_gain(signal)
    assert samples is signal
    assert gain == 1
