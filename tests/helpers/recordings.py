"""Recordings for the tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from serfast.corpora.recordings import Recording

RATE = 16000


def tone(seconds: float = 0.5, rate: int = RATE) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    return (0.4 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)


def wav(path: Path, samples: np.ndarray, rate: int = RATE, subtype: str = "FLOAT") -> Path:
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


def labelled_tones(folder: Path) -> list[Recording]:
    """Four tones of 100 to 400 Hz, one louder than the other, by two speakers."""
    made = []
    for i in range(4):
        path = folder / f"{i}.wav"
        tone = 0.1 * (i + 1) * np.sin(2 * np.pi * 100 * (i + 1) * np.arange(RATE) / RATE)
        soundfile.write(path, tone, RATE)
        made.append(Recording(path, ("calm", "loud")[i // 2], ("a", "b")[i % 2]))
    return made
