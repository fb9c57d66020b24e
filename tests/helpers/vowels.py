"""Synthetic vowels: harmonics of a voice, through resonators whose poles are known."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

RATE = 16000

VOWELS: dict[str, tuple[float, float, float]] = {
    "i": (270, 2290, 3010),
    "I": (390, 1990, 2550),
    "e": (530, 1840, 2480),
    "ae": (660, 1720, 2410),
    "a": (730, 1090, 2440),
    "o": (570, 840, 2410),
    "U": (440, 1020, 2240),
    "u": (300, 870, 2240),
    "er": (490, 1350, 1690),
    "schwa": (500, 1500, 2500),
}
"""F1, F2 and F3 of men [Hz], from Peterson and Barney, J. Acoust. Soc. Am. 24 (1952), 175-184."""

HIGHER = (3500.0, 4500.0)
BANDWIDTHS = (60.0, 80.0, 110.0, 150.0, 200.0)


def resonators(hz: tuple[float, ...], widths: tuple[float, ...]) -> list[np.ndarray]:
    """The denominators 1 - 2 r cos φ z⁻¹ + r² z⁻² of poles at these frequencies and bandwidths."""
    denominators = []
    for f, b in zip(hz, widths, strict=True):
        r = np.exp(-np.pi * b / RATE)
        denominators.append(np.array([1, -2 * r * np.cos(2 * np.pi * f / RATE), r * r]))
    return denominators


def vowel(formants: tuple[float, float, float], f0: float, seconds: float = 0.4) -> np.ndarray:
    """Harmonics up to 7.9 kHz that fall by 6 dB an octave, then the five resonators; float32."""
    t = np.arange(int(seconds * RATE)) / RATE
    y = np.zeros(len(t))
    for k in range(1, int(7900 / f0) + 1):
        y += np.cos(2 * np.pi * k * f0 * t)
    y = lfilter([1], [1, -np.exp(-2 * np.pi * 50 / RATE)], y)
    for a in resonators((*formants, *HIGHER), BANDWIDTHS):
        y = lfilter([a.sum()], a, y)
    return np.asarray(y / np.abs(y).max() / 2, dtype=np.float32)
