"""Babble: whose voices it is made of, and how many."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.signals import voice
from serfast import ParameterError
from serfast.audio.augmentation import Babble

RATE = 16000
SPEECH = voice(RATE, 2 * RATE)


def tone(hertz: float, n: int = 3000) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(n) / RATE).astype(np.float32)


def babble(alteration: Babble, seed: int = 0) -> np.ndarray:
    noisy = alteration(SPEECH, RATE, np.random.default_rng(seed))
    return noisy.astype(np.float64) - SPEECH


def share_of_power(y: np.ndarray, low: float, high: float) -> float:
    power = np.abs(np.fft.rfft(y * np.hanning(len(y)))) ** 2
    hertz = np.fft.rfftfreq(len(y), 1 / RATE)
    return float(power[(hertz >= low) & (hertz <= high)].sum() / power.sum())


def test_it_is_made_of_the_others_alone():
    """Tones of 1 and 3 kHz, at speeds of 0.85 to 1.15, and nothing of the voice below 800 Hz."""
    bound = Babble(0).with_others([lambda: tone(1000), lambda: 50 * tone(3000)])
    for seed in range(4):
        added = babble(bound, seed)
        low, high = share_of_power(added, 840, 1160), share_of_power(added, 2540, 3460)
        assert low + high > 0.97
        assert low == pytest.approx(high, abs=0.15)  # each voice has the same power


def test_as_many_recordings_are_read_as_there_are_voices():
    calls = []
    others = [lambda k=k: calls.append(k) or tone(500) for k in range(40)]
    babble(Babble(0, voices=5).with_others(others))
    assert len(calls) == len(set(calls)) == 5


@pytest.mark.parametrize("others", [[], [lambda: np.zeros(0, np.float32)], [lambda: SPEECH * 0]])
def test_without_a_sound_of_others_it_is_made_of_the_recording(others):
    added = babble(Babble(0, voices=8).with_others(others))
    assert np.sqrt(np.mean(added**2)) == pytest.approx(np.std(SPEECH), rel=0.01)
    likeness = np.corrcoef(added, SPEECH)[0, 1]
    assert abs(likeness) < 0.5  # it is shifted in time and at other speeds


def test_it_doesnt_depend_on_the_level_of_others():
    loud = babble(Babble(10).with_others([lambda: 1000 * tone(700)]))
    quiet = babble(Babble(10).with_others([lambda: tone(700) / 1000]))
    np.testing.assert_allclose(loud, quiet, atol=1e-6)


@pytest.mark.parametrize("voices", [0, 65, 2.5, True])
def test_voices_are_counted(voices):
    with pytest.raises(ParameterError, match="voices must be an int"):
        Babble(20, voices=voices)
