"""Steady noise, white, pink or brown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.fft import irfft, rfft, rfftfreq

from ... import _checks as checks
from .alteration import Array, Samples
from .chances import Value, drawn, value_text
from .fourier import fast_length
from .mixing import check_ratio, mixed
from .pink import CORNER, pink_of

__all__ = ["COLOURS", "Noise"]

COLOURS = {"white": "white", "pink": "noise", "brown": "brown"}
"""The colours of noise, and the name of each in the text form."""


@dataclass(frozen=True)
class Noise:
    """Add steady noise at this ratio of signal to noise [dB], -20 to 100.

    The ratio is of mean powers over the whole recording; a silent one stays silent. Above 50 Hz
    the power of pink noise falls as 1 / f and that of brown noise as 1 / f². Pink is nearer to
    rooms and streets than white, brown to wind and engines.

    Parameters
    ----------
    snr_db : float or Uniform
    colour : {"pink", "white", "brown"}
        In the text form these are ``noise=20``, ``white=20`` and ``brown=20``.

    Raises
    ------
    ParameterError
        If one of them breaks its rule.
    """

    snr_db: Value
    colour: str = "pink"

    def __post_init__(self) -> None:
        check_ratio(COLOURS[checks.choice("colour", self.colour, list(COLOURS))], self.snr_db)

    def __str__(self) -> str:
        return f"{COLOURS[self.colour]}={value_text(self.snr_db)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        snr_db = drawn(self.snr_db, random)
        return mixed(samples, _noise(self.colour, len(samples), sample_rate, random), snr_db)


def _noise(colour: str, n: int, sample_rate: int, random: np.random.Generator) -> Array:
    if colour == "white":
        return random.standard_normal(n)
    if colour == "pink":  # it has had this very length since the first version
        return pink_of(random.standard_normal(n), sample_rate)
    length = fast_length(n)
    spectrum = rfft(random.standard_normal(length))
    return irfft(spectrum / np.maximum(rfftfreq(length, 1 / sample_rate), CORNER), length)[:n]
