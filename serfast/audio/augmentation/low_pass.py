"""Microphones that hear no high frequencies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .alteration import Array, Samples, finite
from .chances import Value, check_value, drawn, value_text
from .fourier import filtered

__all__ = ["LowPass"]


@dataclass(frozen=True)
class LowPass:
    """Take the high frequencies away: -3 dB at `hz`, and 24 dB per octave above it.

    The gain is that of a Butterworth filter of order 4; the phase is zero, so that nothing moves
    in time. 100 to 100000 Hz.

    Examples
    --------
    >>> str(LowPass(4000))
    'lowpass=4000'
    """

    hz: Value

    def __post_init__(self) -> None:
        check_value("lowpass", self.hz, 100, 100_000)

    def __str__(self) -> str:
        return f"lowpass={value_text(self.hz)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        hz = drawn(self.hz, random)
        return finite(filtered(samples, sample_rate, lambda f: _butterworth(f / hz)))


def _butterworth(ratio: Array) -> Array:
    """Give the gain of order 4 at frequencies divided by the corner."""
    fourth = np.square(np.square(ratio))
    gain: Array = 1 / np.sqrt(1 + np.square(fourth))
    return gain
