"""Divisions of a signal into chunks, for hypothesis."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st


@st.composite
def divisions(draw, n: int, most: int = 12):
    """Draw the cuts of n samples: sorted, some equal, so that empty chunks occur too."""
    return sorted(draw(st.lists(st.integers(0, n), max_size=most)))


def divided(y: np.ndarray, cuts: list[int]) -> list[np.ndarray]:
    return [y[a:b] for a, b in zip([0, *cuts], [*cuts, len(y)], strict=True)]


def syllables(seconds: float, seed: int = 0, rate: int = 16000) -> np.ndarray:
    """Give a voice-like signal with pauses: syllables of pulses with gliding pitch, some noise."""
    t = np.arange(int(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(140 + 40 * np.sin(2 * np.pi * (0.7 + 0.1 * seed) * t)) / rate
    voice = sum(np.sin(k * phase) / k for k in range(1, 16))
    noise = np.random.default_rng(seed).normal(size=len(t))
    loudness = np.clip(np.sin(2 * np.pi * (2.5 + 0.3 * seed) * t), 0, None)
    return (0.08 * loudness * voice + 0.001 * noise).astype(np.float32)
