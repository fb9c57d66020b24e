"""Calls over the internet: packets get lost, and the receiver conceals it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .alteration import Samples
from .chances import Value, check_value, drawn, value_text

__all__ = ["PacketLoss"]

PACKET = 0.02  # [s]
BURST = 2.0  # packets that are lost in a row, on average
FADED = 4  # after so many packets nothing is left of the last good one


@dataclass(frozen=True)
class PacketLoss:
    """Lose this share of packets of 20 ms [%], 0 to 50, and conceal the loss.

    Losses come in bursts of two packets on average: whether a packet is lost depends on whether
    the one before was (Gilbert, "Capacity of a burst-noise channel", Bell System Technical Journal
    39, 1960). In the place of a lost packet the last good one is repeated, and fades linearly
    within 80 ms, much as ITU-T G.711 Appendix I does; before the first good one there is silence.

    Examples
    --------
    >>> str(PacketLoss(10))
    'loss=10'
    """

    percent: Value

    def __post_init__(self) -> None:
        check_value("loss", self.percent, 0, 50)

    def __str__(self) -> str:
        return f"loss={value_text(self.percent)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        share = drawn(self.percent, random) / 100
        size = max(1, round(PACKET * sample_rate))
        n_packets = -(-len(samples) // size)
        lost = _losses(n_packets, share, random)
        number = np.arange(n_packets)
        last = np.maximum.accumulate(np.where(lost, -1, number))
        packets = np.zeros((n_packets, size), np.float32)
        packets.reshape(-1)[: len(samples)] = samples
        age = (number - last)[:, None] - 1 + np.arange(size) / size
        fade = np.where(lost[:, None], np.clip(1 - age / FADED, 0, 1), 1)
        fade[last < 0] = 0
        heard = packets[np.maximum(last, 0)] * fade.astype(np.float32)
        return heard.reshape(-1)[: len(samples)]


def _losses(
    n: int, share: float, random: np.random.Generator
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which of n packets are lost, by Gilbert's two states."""
    recovery = 1 / BURST
    failure = recovery * share / (1 - share)
    chances = random.uniform(size=n)
    lost = np.zeros(n, bool)
    state = bool(chances[0] < share)
    lost[0] = state
    for k in range(1, n):
        state = bool(chances[k] >= recovery) if state else bool(chances[k] < failure)
        lost[k] = state
    return lost
