"""Clicks and crackle: short impulses at random times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .alteration import Array, Samples
from .chances import Value, drawn, value_text
from .mixing import check_ratio, mixed

__all__ = ["Clicks"]

LONGEST = 0.01  # [s]


@dataclass(frozen=True)
class Clicks:
    """Add clicks at this ratio of signal to noise [dB], -20 to 100.

    They come at random times, 2 to 20 a second on average, and at least one comes. Each is a
    damped oscillation: frequency (200 Hz to 5 kHz), decay (0.2 to 2 ms) and level are drawn for
    each. The ratio is of mean powers over the whole recording.

    Examples
    --------
    >>> str(Clicks(20))
    'clicks=20'
    """

    snr_db: Value

    def __post_init__(self) -> None:
        check_ratio("clicks", self.snr_db)

    def __str__(self) -> str:
        return f"clicks={value_text(self.snr_db)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        snr_db = drawn(self.snr_db, random)
        return mixed(samples, _clicks(len(samples), sample_rate, random), snr_db)


def _clicks(n: int, sample_rate: int, random: np.random.Generator) -> Array:
    count = max(1, int(random.poisson(random.uniform(2, 20) * n / sample_rate)))
    begin = random.integers(n, size=(count, 1))
    frequency = np.exp(random.uniform(np.log(200), np.log(5000), (count, 1)))
    frequency = np.minimum(frequency, 0.45 * sample_rate)
    decay = np.exp(random.uniform(np.log(0.0002), np.log(0.002), (count, 1)))
    level = np.exp(random.normal(size=(count, 1))) * random.choice([-1, 1], (count, 1))
    time = np.arange(max(1, round(LONGEST * sample_rate))) / sample_rate
    shape = level * np.exp(-time / decay) * np.cos(2 * np.pi * frequency * time)
    place = begin + np.arange(len(time))
    inside = place < n
    clicks: Array = np.bincount(place[inside], shape[inside], n).astype(np.float64)
    return clicks
