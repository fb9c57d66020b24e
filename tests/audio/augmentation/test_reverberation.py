"""Decaying noise as a room: its decay, its energy beside the direct sound, its text."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.signals import voice
from serfast import ParameterError
from serfast.audio.augmentation import Reverberation, parse_alteration

RATE = 16000


def response(alteration: Reverberation, seed: int) -> np.ndarray:
    """What becomes of a click of 1, relative to the click, from the click on."""
    y = np.zeros(2 * RATE, np.float32)
    y[100] = 1
    wet = alteration(y, RATE, np.random.default_rng(seed)).astype(np.float64)
    assert int(np.abs(wet).argmax()) == 100
    assert np.abs(wet[:100]).max() < 1e-6
    return wet[100:] / wet[100]


@pytest.mark.parametrize("rt60", [0.2, 0.5, 1.5])
def test_the_level_falls_by_60_db_within_the_time(rt60):
    """Schroeder's backward integral, of which a line is fitted from -5 to -35 dB."""
    energy = np.mean([response(Reverberation(rt60), seed)[1:] ** 2 for seed in range(20)], axis=0)
    left = 10 * np.log10(np.cumsum(energy[::-1])[::-1] / energy.sum())
    part = np.flatnonzero((left < -5) & (left > -35))
    slope = np.polyfit(part / RATE, left[part], 1)[0]
    print(f"rt60 {rt60} s: measured {-60 / slope:.3f} s")
    assert -60 / slope == pytest.approx(rt60, rel=0.05)


@pytest.mark.parametrize("ratio_db", [0.0, 10.0, 30.0])
def test_the_reverberation_has_the_energy_asked_for(ratio_db):
    energy = np.sum(response(Reverberation(0.3, ratio_db), 0)[1:] ** 2)
    assert 10 * np.log10(energy) == pytest.approx(-ratio_db, abs=0.01)


def test_length_and_power_stay_and_silence_stays_silent():
    y = voice(RATE, RATE)
    wet = Reverberation(0.6, -3)(y, RATE, np.random.default_rng(1))
    assert len(wet) == len(y)
    assert np.mean(wet**2) == pytest.approx(np.mean(y**2), rel=1e-4)
    assert not Reverberation(0.6)(np.zeros(50, np.float32), RATE, np.random.default_rng(1)).any()


@pytest.mark.parametrize("text", ["reverb=0.5", "reverb=0.2..0.8:3", "reverb=0.4:-6..6"])
def test_its_text_makes_it_again(text):
    assert str(parse_alteration(text)) == text


@pytest.mark.parametrize("text", ["reverb=0.05", "reverb=2", "reverb=0.5:50", "reverb=inf"])
def test_what_is_refused(text):
    with pytest.raises(ParameterError, match=r"^(reverb|ratio) must be"):
        parse_alteration(text)
