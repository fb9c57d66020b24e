"""Signals for measurements: speech, or a signal like speech that needs no file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from . import ROOT

Array = np.ndarray[Any, np.dtype[np.float32]]
SAMPLE = ROOT / "examples" / "speech.flac"


def speech(paths: Sequence[str | Path], seconds: float, sample_rate: int) -> Array:
    """Give the recordings one after the other, repeated; without any, the synthetic sample."""
    import serfast  # optional: other signals are made without it

    wanted, parts = round(seconds * sample_rate), [np.empty(0, np.float32)]
    for path in paths or [SAMPLE]:
        parts.append(serfast.load(path, sample_rate=sample_rate)[0])
        if sum(map(len, parts)) >= wanted:
            break
    return np.resize(np.concatenate(parts), wanted)


def named(paths: Sequence[str | Path]) -> str:
    """Describe what `speech` plays without the folders of the files."""
    if not paths:
        return "examples/speech.flac"
    return Path(paths[0]).name if len(paths) == 1 else f"from {len(paths)} recordings"


def speech_like(seconds: float, sample_rate: int) -> Array:
    """Make a signal like a voice: pulses of a gliding pitch and noise, in syllables."""
    t = np.arange(int(seconds * sample_rate)) / sample_rate
    pitch = 120 + 40 * np.sin(2 * np.pi * 0.4 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / sample_rate
    voice = sum(np.sin(k * phase) / k for k in range(1, 20))
    noise = np.random.default_rng(0).standard_normal(len(t))
    syllables = np.clip(np.sin(2 * np.pi * 3 * t), 0, None)
    return (0.1 * syllables * voice + 0.003 * noise).astype(np.float32)
