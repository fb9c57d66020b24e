"""Hum: a line at 50 or 60 Hz and falling ones at its multiples, nothing between."""

from __future__ import annotations

import numpy as np
import pytest

from serfast.audio.augmentation import Hum

RATE = 16000


def spectrum_of(seed: int) -> np.ndarray:
    """Of 4 s of hum: a bin is a quarter of a hertz."""
    y = np.ones(4 * RATE, np.float32)
    added = Hum(0)(y, RATE, np.random.default_rng(seed)).astype(np.float64) - y
    return np.abs(np.fft.rfft(added * np.hanning(len(y))))


def test_fifty_and_sixty_hertz_are_drawn():
    peaks = {round(int(spectrum_of(seed).argmax()) / 40) * 10 for seed in range(12)}
    assert peaks == {50, 60}


@pytest.mark.parametrize("seed", range(6))
def test_harmonics_fall(seed):
    spectrum = spectrum_of(seed)
    mains = spectrum.argmax() / 4
    assert mains in (pytest.approx(50, rel=0.01), pytest.approx(60, rel=0.01))
    levels = []
    for k in range(1, 11):
        place = round(4 * k * mains)
        levels.append(spectrum[place - 2 * k - 4 : place + 2 * k + 5].max())
        between = round(4 * (k + 0.5) * mains)
        assert spectrum[between - 20 : between + 20].max() < 0.02 * levels[0]
    slope = np.polyfit(np.log2(np.arange(1, 11)), 20 * np.log10(levels), 1)[0]
    assert -12.9 < slope < -5.1  # dB per octave; a line between bins loses up to 1.4 dB


def test_it_stays_below_half_the_rate():
    y = np.ones(4000, np.float32)
    assert np.isfinite(Hum(0)(y, 80, np.random.default_rng(0))).all()
