"""The telephone: its band, its sample rate, and the mu-law of ITU-T G.711."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .alteration import Array, Samples, finite
from .fourier import at_rate
from .mixing import power_of

__all__ = ["TELEPHONE_RATE", "MuLaw", "Telephone", "at_level", "mu_law", "telephone_band"]

TELEPHONE_RATE = 8000
"""Samples per second of the fixed network and of GSM [Hz]."""

LEVEL = 10 ** (-26 / 20)  # speech has an RMS 26 dB below full scale (ITU-T P.56, G.191)
PEAK = 0.9


@dataclass(frozen=True)
class Telephone:
    """Send the recording through a telephone line: 300 to 3400 Hz, 8 kHz, mu-law.

    Before it is coded its RMS is brought to 26 dB below full scale, or less if it would clip, and
    afterwards back again, so that gain doesn't matter. It comes back at its own rate and length.
    ITU-T G.712 (band) and G.711 (mu-law).

    Examples
    --------
    >>> str(Telephone())
    'telephone'
    """

    def __str__(self) -> str:
        return "telephone"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        return at_level(samples, lambda level: _through_line(level, sample_rate))


@dataclass(frozen=True)
class MuLaw:
    """Code the recording by mu-law at its own rate: 8 bits a sample, ITU-T G.711.

    Before it is coded its RMS is brought to 26 dB below full scale, or less if it would clip, and
    afterwards back again.

    Examples
    --------
    >>> str(MuLaw())
    'mulaw'
    """

    def __str__(self) -> str:
        return "mulaw"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        return at_level(samples, mu_law)


def at_level(samples: Samples, change: Callable[[Array], Array]) -> Samples:
    """Change samples at the level at which speech is coded, and bring them back to their own.

    Silence is given back as it is.
    """
    rms = np.sqrt(power_of(samples))
    if not rms:
        return samples.copy()
    gain = min(LEVEL / rms, PEAK / float(np.abs(samples).max()))
    return finite(change(samples.astype(np.float64) * gain) / gain)


def telephone_band(frequency: Array) -> Array:
    """Give the gain of a telephone line at these frequencies [Hz]: -3 dB at 300 and 3400 Hz.

    The slopes are smooth, from 200 to 400 and from 3000 to 3800 Hz.
    """
    rise = np.clip((frequency - 200) / 200, 0, 1)
    fall = np.clip((3800 - frequency) / 800, 0, 1)
    return np.sin(np.pi / 2 * rise) * np.sin(np.pi / 2 * fall)


def mu_law(samples: np.ndarray[Any, Any]) -> Array:
    """Give samples as they come out of a mu-law coder and decoder; full scale is 1.

    ITU-T G.711, in units of 1 / 8192: a biased magnitude of 33 to 8191 has eight segments, each
    twice as long as the one before, and 16 steps in each; a sample becomes the middle of its step.
    """
    biased = np.minimum(np.abs(samples) * 8192, 8158) + 33
    step = np.ldexp(1.0, np.frexp(biased)[1] - 5)
    magnitude = (np.floor(biased / step) + 0.5) * step - 33
    decoded: Array = np.copysign(magnitude / 8192, samples)
    return decoded


def _through_line(samples: Array, sample_rate: int) -> Array:
    return at_rate(samples, sample_rate, TELEPHONE_RATE, mu_law, telephone_band)
