"""The ratio of signal to noise, and what happens where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.alterations import TEXTS
from helpers.signals import noise, voice
from serfast import ParameterError
from serfast.audio.augmentation import parse_alteration
from serfast.audio.augmentation.mixing import check_ratio, mixed, power_of

RATE = 16000
NOISES = [text for text in TEXTS if text.endswith("=20") and not text.startswith("loss")]


def ratio(y: np.ndarray, noisy: np.ndarray) -> float:
    """Signal to noise, in decibel."""
    added = noisy.astype(np.float64) - y
    return float(10 * np.log10(np.mean(y.astype(np.float64) ** 2) / np.mean(added**2)))


@pytest.mark.parametrize("snr_db", [-20, 0, 60])
def test_the_ratio_is_exact(snr_db):
    y = voice(RATE, 9000)
    assert ratio(y, mixed(y, noise(9000), snr_db)) == pytest.approx(snr_db, abs=0.01)


@pytest.mark.parametrize("text", NOISES)
@pytest.mark.parametrize("n", [50, 16001])
def test_every_noise_has_the_ratio_asked_for(text, n):
    assert len(NOISES) == 6
    y = voice(RATE, n)
    noisy = parse_alteration(text)(y, RATE, np.random.default_rng(0))
    assert ratio(y, noisy) == pytest.approx(20, abs=0.01)


def test_a_silent_noise_adds_nothing():
    y = voice(RATE, 100)
    assert np.array_equal(mixed(y, np.zeros(100), 0), y)
    assert not mixed(np.zeros(100, np.float32), noise(100), 0).any()


def test_power_is_of_doubles():
    assert power_of(np.full(10, 1e-30, np.float32)) == pytest.approx(1e-60, rel=1e-6)


@pytest.mark.parametrize("bad", [-21, 101, float("inf"), -float("inf"), float("nan")])
def test_bounds(bad):
    with pytest.raises(ParameterError, match="street must be a finite number >= -20 and <= 100"):
        check_ratio("street", bad)
