"""The signals that tests run over: each made from a formula and a seed, or cut from the corpus."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

SECONDS = 0.5
SPEECH = {"speech_male": "03a01Fa.wav", "speech_female": "08a01Na.wav"}


def _time(rate: int) -> np.ndarray:
    return np.arange(int(SECONDS * rate)) / rate


def noise(n_samples: int, seed: int = 0, level: float = 0.1) -> np.ndarray:
    """Gaussian noise with a standard deviation of `level`, float32."""
    samples = np.random.default_rng(seed).standard_normal(n_samples)
    return (level * samples).astype(np.float32)


def tones(rate: int) -> np.ndarray:
    """Give three sinusoids without a common phase."""
    t = _time(rate)
    partials = ((0.5, 110.0, 0.0), (0.25, 437.0, 1.0), (0.1, 1250.0, 2.0))
    return np.sum([a * np.sin(2 * np.pi * f * t + p) for a, f, p in partials], axis=0)


def sweep(rate: int) -> np.ndarray:
    """Give an exponential sweep from 50 Hz to 0.45 of the sample rate."""
    octaves = np.log(0.45 * rate / 50)
    return 0.8 * np.sin(
        2 * np.pi * 50 * SECONDS / octaves * np.exp(_time(rate) / SECONDS * octaves)
    )


def clicks(rate: int) -> np.ndarray:
    """Single samples of either sign at growing distances, with silence between them."""
    y = np.zeros(int(SECONDS * rate))
    at = np.cumsum(np.arange(7, 300, 13))
    at = at[at < len(y)]
    y[at] = 0.9 * (-1.0) ** np.arange(len(at))
    return y


def voice(rate: int, n_samples: int, seed: int = 0) -> np.ndarray:
    """Speech-like: gliding harmonics that come and go, over a little noise; float32."""
    t = np.arange(n_samples) / rate
    phase = 2 * np.pi * np.cumsum(140 + 30 * np.sin(2 * np.pi * 1.3 * t)) / rate
    harmonics = np.sum([np.sin(k * phase) / k for k in range(1, 12)], axis=0)
    envelope = np.clip(np.sin(2 * np.pi * 2.1 * t), 0, None)
    return (0.3 * envelope * harmonics).astype(np.float32) + noise(n_samples, seed, 1e-3)


def synthetic(rate: int, n_fft: int) -> dict[str, np.ndarray]:
    """Give every signal of the parity grid that needs no corpus, float32, by name."""
    length = int(SECONDS * rate)
    made = {
        "tones": tones(rate),
        "sweep": sweep(rate),
        "noise": noise(length, seed=1),
        "clicks": clicks(rate),
        "silence": np.zeros(length),
        "clipped": np.clip(6 * tones(rate), -1, 1),
        "quiet": noise(length, seed=2, level=1e-6),
        "short": noise(n_fft - 1, seed=3),
        "one_frame": noise(n_fft, seed=4),
    }
    return {name: y.astype(np.float32) for name, y in made.items()}


@lru_cache(maxsize=16)
def speech(folder: Path, rate: int) -> dict[str, np.ndarray]:
    """Give one second of a man's and of a woman's speech at `rate`, float32, by name."""
    import soundfile
    import soxr

    made = {}
    for name, file in SPEECH.items():
        y, own_rate = soundfile.read(folder / file, dtype="float32")
        y = y[own_rate // 4 : own_rate // 4 + own_rate]
        made[name] = y if rate == own_rate else soxr.resample(y, own_rate, rate)
    return made
