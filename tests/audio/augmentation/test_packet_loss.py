"""Lost packets: how many, in which bursts, and what is heard in their place."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from helpers.signals import noise
from serfast.audio.augmentation import PacketLoss

RATE = 8000
SIZE = 160


def heard(percent: float, n_packets: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    y = noise(n_packets * SIZE)
    z = PacketLoss(percent)(y, RATE, np.random.default_rng(seed))
    return y.reshape(-1, SIZE), z.reshape(-1, SIZE)


@pytest.mark.parametrize("percent", [1, 10, 50])
def test_the_share_and_the_bursts_are_gilberts(percent):
    y, z = heard(percent, 20000)
    lost = (y != z).any(axis=1)
    assert lost.mean() == pytest.approx(percent / 100, rel=0.2)
    bursts = [len(list(run)) for is_lost, run in itertools.groupby(lost) if is_lost]
    assert np.mean(bursts) == pytest.approx(2, rel=0.2)


def test_the_last_good_packet_is_repeated_and_fades():
    y, z = heard(30, 3000)
    good, age, seen = -1, 0, set()
    for k, (sent, received) in enumerate(zip(y, z, strict=True)):
        if np.array_equal(sent, received):
            good, age = k, 0
            continue
        fade = np.clip(1 - (age + np.arange(SIZE) / SIZE) / 4, 0, 1) if good >= 0 else 0
        np.testing.assert_allclose(received, y[good] * fade, atol=1e-6)
        age += 1
        seen.add(age)
    assert {1, 2, 3, 4, 5} <= seen


def test_nothing_is_heard_before_the_first_packet():
    starts = [heard(50, 2, seed)[1][0] for seed in range(40)]
    silent = sum(not start.any() for start in starts)
    assert 8 < silent < 32


def test_no_loss_is_no_change():
    y, z = heard(0, 50)
    assert np.array_equal(y, z)
