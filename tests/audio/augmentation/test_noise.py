"""Colours of noise: their spectra, and that pink noise is what it has always been."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from helpers.signals import voice
from serfast import ParameterError
from serfast.audio.augmentation import Noise

RATE = 16000


@pytest.mark.parametrize(("colour", "per_octave"), [("white", 2), ("pink", 1), ("brown", 0.5)])
def test_the_power_of_octaves(colour, per_octave):
    """From octave to octave power doubles, stays, or halves."""
    y = np.ones(2**17, np.float32)
    added = Noise(0, colour)(y, RATE, np.random.default_rng(0)) - y
    power = np.abs(np.fft.rfft(added)) ** 2
    edges = [int(hertz / RATE * len(y)) for hertz in (100, 200, 400, 800, 1600, 3200, 6400)]
    octaves = [power[a:b].sum() for a, b in itertools.pairwise(edges)]
    ratios = [b / a for a, b in itertools.pairwise(octaves)]
    np.testing.assert_allclose(ratios, per_octave, rtol=0.12)


@pytest.mark.parametrize("n", [1, 2, 999, 16001, 44621])
def test_pink_noise_has_the_samples_of_the_first_version(n):
    y = voice(RATE, n)
    spectrum = np.fft.rfft(np.random.default_rng(5).standard_normal(n))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.fft.rfftfreq(n, 1 / RATE), 50)), n)
    power = np.square(y, dtype=np.float64).mean() * 10 ** (-15 / 10)
    scale = np.sqrt(power / max(np.square(noise).mean(), 1e-300))
    expected = (y + scale * noise).astype(np.float32)
    made = Noise(15)(y, RATE, np.random.default_rng(5))
    np.testing.assert_allclose(made, expected, rtol=0, atol=2e-7 * np.abs(expected).max())


def test_a_colour_that_is_none_is_refused():
    with pytest.raises(ParameterError, match=r"colour must be one of 'white', .*'pnik'.*'pink'"):
        Noise(20, "pnik")
