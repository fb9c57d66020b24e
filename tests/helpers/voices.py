"""Voices with a known F0: pulses through resonances, and breaths and pauses between them."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

__all__ = ["glide", "pulses", "spoken"]


def pulses(f0: np.ndarray, rate: int) -> np.ndarray:
    """A pulse train of harmonics up to a third of the rate, each 6 dB an octave weaker."""
    phase = 2 * np.pi * np.cumsum(f0) / rate
    n = int(rate / 3 // f0.max())
    return np.asarray(sum(np.sin(k * phase) / k for k in range(1, n + 1)))


def spoken(
    f0: np.ndarray, rate: int, formants: tuple[float, ...] = (500, 1500, 2500)
) -> np.ndarray:
    """The pulses through resonances of 80 Hz width, at a peak of 0.3."""
    y = pulses(f0, rate)
    for formant in formants:
        radius, angle = np.exp(-np.pi * 80 / rate), 2 * np.pi * formant / rate
        y = lfilter([1.0], [1, -2 * radius * np.cos(angle), radius**2], y)
    return np.asarray(0.3 * y / np.abs(y).max())


def glide(low: float, high: float, n: int) -> np.ndarray:
    """F0 that goes up and down between two values, evenly in octaves."""
    return np.asarray(low * (high / low) ** (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)))
