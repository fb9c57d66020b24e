"""The telephone's band and mu-law, against the edges of ITU-T G.712 and libsndfile's coder."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from helpers.signals import noise, voice
from serfast.audio.augmentation import MuLaw, Telephone
from serfast.audio.augmentation.telephone import at_level, mu_law, telephone_band

RANDOM = np.random.default_rng(0)


def test_mu_law_is_libsndfiles_on_every_value_of_14_bits():
    values = np.arange(-8192, 8192) / 8192
    file = io.BytesIO()
    soundfile.write(file, values, 8000, format="AU", subtype="ULAW")
    file.seek(0)
    expected = soundfile.read(file)[0]
    np.testing.assert_array_equal(np.abs(mu_law(values)), np.abs(expected))
    assert len(np.unique(mu_law(values))) == 255  # of 256 codes two are zero
    loud = np.abs(values) > 1e-3
    np.testing.assert_array_equal(mu_law(values)[loud], expected[loud])


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_the_band(rate):
    """It is flat between its edges, 3 dB down at them, and closed outside."""
    n = 2 * rate
    t = np.arange(n) / rate

    def gain(hertz: float) -> float:
        tones = np.sin(2 * np.pi * hertz * t) + np.sin(2 * np.pi * 1000 * t)
        y = Telephone()(tones.astype(np.float32), rate, RANDOM) * np.hanning(n)
        spectrum = np.abs(np.fft.rfft(y))
        return float(20 * np.log10(spectrum[round(2 * hertz)] / spectrum[2000]))

    assert [gain(h) for h in (500, 2000, 2800)] == pytest.approx([0, 0, 0], abs=0.5)
    assert [gain(h) for h in (300, 3400)] == pytest.approx([-3, -3], abs=0.5)
    assert all(gain(h) < -35 for h in (50, 100, 150, 3900))


def test_nothing_moves_in_time():
    y = np.zeros(4000, np.float32)
    y[2000] = 0.5
    heard = Telephone()(y, 16000, RANDOM)
    assert len(heard) == 4000
    assert int(np.abs(heard).argmax()) == 2000


def test_the_noise_of_mu_law_is_38_db_below_speech():
    """Steps grow with the level, so the ratio hardly depends on it: about 38 dB for 8 bits."""
    y = noise(20000)
    for level in (1e-4, 1, 100):
        coded = MuLaw()(y * np.float32(level), 16000, RANDOM).astype(np.float64) / level
        assert 10 * np.log10(np.var(y) / np.var(coded - y)) == pytest.approx(37.5, abs=1)


def test_what_is_coded_is_26_db_below_full_scale():
    levels = []
    y = voice(16000, 8000)
    same = at_level(3 * y, lambda x: levels.append(np.sqrt(np.mean(x**2))) or x)
    assert 20 * np.log10(levels[0]) == pytest.approx(-26, abs=0.01)
    np.testing.assert_allclose(same, 3 * y, rtol=1e-6)


def test_what_would_clip_is_coded_more_quietly():
    peaks = []
    y = np.zeros(8000, np.float32)
    y[100] = 1
    at_level(y, lambda x: peaks.append(np.abs(x).max()) or x)
    assert peaks[0] == pytest.approx(0.9)


def test_the_slopes_are_smooth():
    gains = telephone_band(np.arange(0.0, 8000))
    assert np.abs(np.diff(gains)).max() < 0.01
    assert gains.max() == 1
