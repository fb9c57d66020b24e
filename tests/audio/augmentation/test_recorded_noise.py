"""Noises from a folder: which part is taken, and at what level."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.recordings import wav
from helpers.signals import noise, voice
from serfast import ParameterError
from serfast.audio.augmentation import RecordedNoise, Uniform

RATE = 16000
SPEECH = voice(RATE, 4000)


def added(folder, seed: int = 0, snr_db: float = 0.0) -> np.ndarray:
    """The noise that was added, at the level of the speech."""
    noisy = RecordedNoise(folder, snr_db)(SPEECH, RATE, np.random.default_rng(seed))
    return noisy.astype(np.float64) - SPEECH


def test_a_long_noise_is_cut(tmp_path):
    recording = noise(20000)
    wav(tmp_path / "noise.wav", recording, RATE)
    places = []
    for seed in range(5):
        part = added(tmp_path, seed)
        likeness = np.correlate(recording.astype(np.float64), part, "valid")
        place = int(likeness.argmax())
        expected = recording[place : place + 4000].astype(np.float64)
        scale = np.std(part) / np.std(expected)
        np.testing.assert_allclose(part, scale * expected, atol=0.02 * np.std(part))
        places.append(place)
    assert len(set(places)) == 5


def test_a_short_noise_is_repeated(tmp_path):
    wav(tmp_path / "noise.wav", noise(300), RATE)
    part = added(tmp_path)
    np.testing.assert_allclose(part[300:], part[:-300], atol=1e-6)
    assert np.std(part[:300]) > 0


def test_the_ratio_is_drawn(tmp_path):
    wav(tmp_path / "noise.wav", noise(9000), RATE)
    ratios = []
    for seed in range(20):
        noisy = RecordedNoise(tmp_path, Uniform(0, 30))(SPEECH, RATE, np.random.default_rng(seed))
        ratios.append(20 * np.log10(np.std(SPEECH) / np.std(noisy.astype(np.float64) - SPEECH)))
    assert -0.1 < min(ratios) < 5
    assert 25 < max(ratios) < 30.1


def test_pauses_are_no_noise(tmp_path):
    """A door that slams once in a minute of digital silence is heard in every copy."""
    recording = np.zeros(60 * RATE, np.float32)
    recording[500_000:500_400] = noise(400)
    wav(tmp_path / "door.wav", recording, RATE)
    for seed in range(5):
        part = added(tmp_path, seed)
        assert np.std(part) == pytest.approx(np.std(SPEECH), rel=0.2)


def test_an_empty_folder_is_refused_before_the_work(tmp_path):
    with pytest.raises(ParameterError, match=r"noises must be a folder .* which has no recordings"):
        RecordedNoise(tmp_path, 10).prepare(RATE)


def test_the_folder_isnt_needed_to_write_a_recipe(tmp_path):
    assert str(RecordedNoise(tmp_path / "elsewhere", 10)).startswith("noises=")
