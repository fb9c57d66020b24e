"""Babble: several voices at once, made of other recordings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil

import numpy as np

from ... import _checks as checks
from .alteration import Array, Others, Samples
from .chances import Value, drawn, value_text
from .mixing import check_ratio, mixed, power_of
from .speed import played

__all__ = ["Babble"]

VOICES = 6
MOST_VOICES = 64


@dataclass(frozen=True)
class Babble:
    """Add several voices at this ratio of signal to noise [dB], -20 to 100.

    Every voice is another recording, played in a loop from a drawn place at a drawn speed (0.85
    to 1.15), at the same power as the other voices. Where there are no other recordings, the
    voices are the recording itself, at speeds of 0.7 to 1.4. The ratio is of mean powers over the
    whole recording.

    Parameters
    ----------
    snr_db : float or Uniform
    voices : int
        How many; the text form is ``babble=20`` for six, else ``babble=20:4``.
    others : sequence of callable
        The other recordings; see :meth:`with_others`. They don't count when two are compared.

    Raises
    ------
    ParameterError
        If an argument breaks its rule.

    Examples
    --------
    >>> str(Babble(20)), str(Babble(20, voices=4))
    ('babble=20', 'babble=20:4')
    """

    snr_db: Value
    voices: int = VOICES
    others: Others = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        check_ratio("babble", self.snr_db)
        checks.integer("voices", self.voices, 1, MOST_VOICES)

    def __str__(self) -> str:
        voices = "" if self.voices == VOICES else f":{self.voices}"
        return f"babble={value_text(self.snr_db)}{voices}"

    def with_others(self, others: Others) -> Babble:
        """Give the same babble, made of these recordings; a silent or empty one adds nothing."""
        return replace(self, others=others)

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        snr_db = drawn(self.snr_db, random)
        slowest, fastest = (0.85, 1.15) if self.others else (0.7, 1.4)
        speeds = random.uniform(slowest, fastest, self.voices)
        begins = random.uniform(size=self.voices)
        order = random.permutation(max(1, len(self.others)))
        babble = np.zeros(len(samples))
        for voice, (speed, begin) in enumerate(zip(speeds, begins, strict=True)):
            other = self.others[order[voice % len(order)]]() if self.others else samples
            babble += _voice(other, len(samples), speed, begin)
        if not babble.any():  # none of the other recordings has a sound
            for speed, begin in zip(speeds, begins, strict=True):
                babble += _voice(samples, len(samples), speed, begin)
        return mixed(samples, babble, snr_db)


def _voice(recording: Samples, n: int, speed: float, begin: float) -> Array:
    """Play a recording for n samples, in a loop from this share of it on, at power 1."""
    power = power_of(recording) if recording.size else 0.0
    if not power:
        return np.zeros(n)
    looped = np.resize(np.roll(recording, -int(begin * len(recording))), ceil(n * speed) + 1)
    voice: Array = played(looped, speed)[:n].astype(np.float64)
    voice /= np.sqrt(power)
    return voice
