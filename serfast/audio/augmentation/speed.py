"""Faster and slower, higher and lower: speed, tempo and pitch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..resampling import resample
from ..tempo import change_tempo
from .alteration import Alteration, Samples
from .chances import Value, check_value, drawn, value_text

__all__ = ["SPEEDS", "Pitch", "Speed", "Tempo", "played"]

SPEED_UNIT = 1_000_000  # sample rates are whole numbers, so a speed is rounded to 1e-6


@dataclass(frozen=True)
class Speed:
    """Play `factor` times as fast: tempo, pitch and formants move together.

    Ko et al., "Audio augmentation for speech recognition", Interspeech 2015. 0.5 to 2.
    """

    factor: Value

    def __post_init__(self) -> None:
        check_value("speed", self.factor, 0.5, 2)

    def __str__(self) -> str:
        return f"speed={value_text(self.factor)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        return played(samples, drawn(self.factor, random))


@dataclass(frozen=True)
class Tempo:
    """Speak `factor` times as fast with the same voice; see :mod:`serfast.audio.tempo`."""

    factor: Value

    def __post_init__(self) -> None:
        check_value("tempo", self.factor, 0.5, 2)

    def __str__(self) -> str:
        return f"tempo={value_text(self.factor)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        return _spoken(samples, drawn(self.factor, random), sample_rate)


@dataclass(frozen=True)
class Pitch:
    """Raise pitch and formants by semitones, -12 to 12, at the same tempo."""

    semitones: Value

    def __post_init__(self) -> None:
        check_value("pitch", self.semitones, -12, 12)

    def __str__(self) -> str:
        return f"pitch={value_text(self.semitones)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        factor = 2 ** (drawn(self.semitones, random) / 12)
        return played(_spoken(samples, 1 / factor, sample_rate), factor)


def played(samples: Samples, factor: float) -> Samples:
    """Play samples `factor` times as fast; at least one sample comes out."""
    if round(len(samples) / factor) < 1:
        return samples[:1]  # no sample would be left
    return resample(samples, round(SPEED_UNIT * factor), SPEED_UNIT)


def _spoken(samples: Samples, factor: float, sample_rate: int) -> Samples:
    slower = change_tempo(samples, factor, sample_rate)
    return slower if slower.size else samples[:1]


SPEEDS: Sequence[Alteration] = tuple(Speed(2 ** (k / 12)) for k in (-2, -1, 1, 2))
"""One and two semitones down and up, each a copy at another speed alone."""
