"""Clipping and offset, by their definitions; gain is tested in test_augmentation.py."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.signals import voice
from serfast.audio.augmentation import Clipping, Gain, Offset

RATE = 16000
SPEECH = voice(RATE, 8000)
RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("db", [3, 12])
def test_what_is_above_the_level_is_cut_off(db):
    clipped = Clipping(db)(SPEECH, RATE, RANDOM)
    limit = np.abs(SPEECH).max() * 10 ** (-db / 20)
    assert np.abs(clipped).max() == pytest.approx(limit, rel=1e-6)
    below = np.abs(SPEECH) < 0.999 * limit
    assert 0 < below.sum() < len(SPEECH)
    assert np.array_equal(clipped[below], SPEECH[below])
    np.testing.assert_allclose(clipped[~below], limit * np.sign(SPEECH[~below]), rtol=2e-3)


def test_nothing_is_cut_off_at_0_db():
    assert np.array_equal(Clipping(0)(SPEECH, RATE, RANDOM), SPEECH)


def test_the_offset_is_a_share_of_the_peak():
    moved = Offset(-0.25)(SPEECH, RATE, RANDOM)
    expected = SPEECH - 0.25 * np.float64(np.abs(SPEECH).max())
    np.testing.assert_allclose(moved, expected, atol=1e-7)


def test_gain_leaves_nothing_infinite():
    largest = np.finfo(np.float32).max
    y = np.array([largest, -largest, 1], np.float32)
    assert Gain(60)(y, RATE, RANDOM).tolist() == [largest, -largest, 1000]
