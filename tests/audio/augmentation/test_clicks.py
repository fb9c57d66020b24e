"""Clicks: few, short, at random times."""

from __future__ import annotations

import numpy as np

from serfast.audio.augmentation import Clicks

RATE = 16000


def clicks(n: int, seed: int) -> np.ndarray:
    """Of a recording that is silent but for its first sample, so that nothing is rounded."""
    y = np.eye(1, n, dtype=np.float32)[0]
    return Clicks(0)(y, RATE, np.random.default_rng(seed)).astype(np.float64) - y


def test_they_are_short_and_far_between():
    """A hundred milliseconds of the loudest click have next to nothing outside 10 ms."""
    for seed in range(10):
        added = clicks(10 * RATE, seed)
        busy = np.abs(added) > 1e-3 * np.abs(added).max()
        windows = busy[: len(busy) // 160 * 160].reshape(-1, 160).any(axis=1)
        assert 0 < windows.mean() < 0.5
        # Crest factor: of Gaussian noise it is about 4.5.
        assert np.abs(added).max() > 10 * np.sqrt(np.mean(added**2))


def test_how_many_there_are():
    """Between 2 and 20 a second, counted by what starts after 10 ms of silence."""
    rates = []
    for seed in range(40):
        added = np.abs(clicks(10 * RATE, seed))
        places = np.flatnonzero(added > 0)
        starts = 1 + int((np.diff(places) > 10).sum())
        rates.append(starts / 10)
    assert 1 < min(rates) < 5
    assert 12 < max(rates) < 22


def test_there_is_always_one():
    assert all(clicks(20, seed).any() for seed in range(30))
