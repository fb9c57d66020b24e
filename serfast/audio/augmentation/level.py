"""What happens to the level: gain, clipping, a constant offset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .alteration import LARGEST, Samples, finite
from .chances import Value, check_value, drawn, value_text

__all__ = ["Clipping", "Gain", "Offset"]


@dataclass(frozen=True)
class Gain:
    """Louder by `db` decibel, -60 to 60; nothing is clipped."""

    db: Value

    def __post_init__(self) -> None:
        check_value("gain", self.db, -60, 60)

    def __str__(self) -> str:
        return f"gain={value_text(self.db)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        factor = np.float32(10 ** (drawn(self.db, random) / 20))
        with np.errstate(over="ignore"):
            louder = samples * factor
        return np.clip(louder, -LARGEST, LARGEST, out=louder)


@dataclass(frozen=True)
class Clipping:
    """Cut off what is more than `db` decibel below the recording's peak or above, 0 to 60.

    The level at which it clips is relative to the largest sample, so that the gain of the
    recording doesn't matter. The rest keeps its level.
    """

    db: Value

    def __post_init__(self) -> None:
        check_value("clip", self.db, 0, 60)

    def __str__(self) -> str:
        return f"clip={value_text(self.db)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        factor = 10 ** (-drawn(self.db, random) / 20)
        limit = np.float32(np.abs(samples).max() * factor)
        return np.clip(samples, -limit, limit)


@dataclass(frozen=True)
class Offset:
    """Add a constant: `level` times the recording's peak, -1 to 1, as a poor sound card does."""

    level: Value

    def __post_init__(self) -> None:
        check_value("dc", self.level, -1, 1)

    def __str__(self) -> str:
        return f"dc={value_text(self.level)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        peak = float(np.abs(samples).max())
        return finite(samples.astype(np.float64) + drawn(self.level, random) * peak)
