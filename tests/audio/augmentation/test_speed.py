"""Speed, tempo and pitch of the shortest recordings; the rest is test_augmentation.py's."""

from __future__ import annotations

import numpy as np
import pytest

from serfast.audio.augmentation import Pitch, Speed, Tempo, Uniform
from serfast.audio.augmentation.speed import played

RATE = 16000


@pytest.mark.parametrize("kind", [Speed(2), Tempo(2), Pitch(12)])
def test_of_one_sample_one_is_left(kind):
    y = kind(np.ones(1, np.float32), RATE, np.random.default_rng(0))
    assert len(y) == 1
    assert np.isfinite(y).all()


def test_a_range_of_speeds_gives_lengths_between():
    random, y = np.random.default_rng(0), np.ones(1000, np.float32)
    lengths = [len(Speed(Uniform(0.8, 1.25))(y, RATE, random)) for _ in range(50)]
    assert 800 <= min(lengths) < 830
    assert 1200 < max(lengths) <= 1250


def test_a_drawn_pitch_leaves_the_length():
    y = np.random.default_rng(0).standard_normal(8000).astype(np.float32)
    random = np.random.default_rng(1)
    assert {len(Pitch(Uniform(-4, 4))(y, RATE, random)) for _ in range(4)} <= {7999, 8000, 8001}


def test_played_is_the_recording_at_another_place_in_time():
    t = np.arange(4000) / RATE
    faster = played(np.sin(2 * np.pi * 400 * t).astype(np.float32), 1.25)
    expected = np.sin(2 * np.pi * 500 * t[:3200])
    np.testing.assert_allclose(faster[200:-200], expected[200:-200], atol=1e-3)
