"""Voices made of single pulses, whose moments and strengths are known."""

from __future__ import annotations

import numpy as np


def voice_of(moments: np.ndarray, strengths: np.ndarray, rate: int, n_samples: int) -> np.ndarray:
    """Give a damped resonance of 500 Hz and one of 1500 Hz from each moment [s] on; float64."""
    y = np.zeros(n_samples)
    length = int(0.06 * rate)
    for moment, strength in zip(moments, strengths, strict=True):
        first = int(np.ceil(moment * rate))
        i = np.arange(first, min(first + length, n_samples))
        t = i / rate - moment
        for hz, width, share in ((500, 300, 1.0), (1500, 400, 0.4)):
            rise = 1 - np.exp(-t * 8000)
            y[i] += (
                strength * share * rise * np.exp(-np.pi * width * t) * np.sin(2 * np.pi * hz * t)
            )
    return y


def perturbed(
    f0: float, jitter: float, shimmer: float, seconds: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give moments [s] and strengths of pulses whose periods and strengths vary by so much."""
    random = np.random.default_rng(seed)
    n = int(seconds * f0)
    periods = (1 + random.uniform(-1.5, 1.5, n) * jitter) / f0
    strengths = 1 + random.uniform(-1.5, 1.5, n) * shimmer
    moments = 0.05 + np.concatenate([[0], np.cumsum(periods)[:-1]])
    return moments, 0.2 * strengths
