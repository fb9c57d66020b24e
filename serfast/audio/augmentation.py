"""Alterations: what a recording might have sounded like, for more to train on.

An alteration takes samples and gives others; what it draws at random, it draws from the generator
that it is given. Its text form is what the command line takes: ``speed=0.9``, or
``speed=0.9,noise=20`` for one after the other. ``str(alteration)`` gives this text, and
:func:`parse_alteration` reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.fft import irfft, rfft, rfftfreq

from .. import _checks as checks
from ..errors import ParameterError
from .resampling import resample
from .tempo import change_tempo

__all__ = [
    "SPEEDS",
    "Alteration",
    "Chain",
    "Gain",
    "Noise",
    "Pitch",
    "Speed",
    "Tempo",
    "alteration_text",
    "parse_alteration",
]

Samples = np.ndarray[Any, np.dtype[np.float32]]
SPEED_UNIT = 1_000_000  # sample rates are whole numbers, so a speed is rounded to 1e-6


class Alteration(Protocol):
    """What makes an altered copy of a recording."""

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        """Alter float32 samples (n,), n >= 1; the result may be shorter or longer."""


@dataclass(frozen=True)
class Speed:
    """Play `factor` times as fast: tempo, pitch and formants move together.

    Ko et al., "Audio augmentation for speech recognition", Interspeech 2015. 0.5 to 2.
    """

    factor: float

    def __post_init__(self) -> None:
        checks.number("speed", self.factor, minimum=0.5, maximum=2)

    def __str__(self) -> str:
        return _text("speed", self.factor)

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        return resample(samples, round(SPEED_UNIT * self.factor), SPEED_UNIT)


@dataclass(frozen=True)
class Tempo:
    """Speak `factor` times as fast with the same voice; see :mod:`serfast.audio.tempo`."""

    factor: float

    def __post_init__(self) -> None:
        checks.number("tempo", self.factor, minimum=0.5, maximum=2)

    def __str__(self) -> str:
        return _text("tempo", self.factor)

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        return change_tempo(samples, self.factor, sample_rate)


@dataclass(frozen=True)
class Pitch:
    """Raise pitch and formants by semitones, -12 to 12, at the same tempo."""

    semitones: float

    def __post_init__(self) -> None:
        checks.number("pitch", self.semitones, minimum=-12, maximum=12)

    def __str__(self) -> str:
        return _text("pitch", self.semitones)

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        factor = 2 ** (self.semitones / 12)
        slowed = Tempo(1 / factor)(samples, sample_rate, random)
        return Speed(factor)(slowed, sample_rate, random)


@dataclass(frozen=True)
class Gain:
    """Louder by `db` decibel, -60 to 60; nothing is clipped."""

    db: float

    def __post_init__(self) -> None:
        checks.number("gain", self.db, minimum=-60, maximum=60)

    def __str__(self) -> str:
        return _text("gain", self.db)

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        return samples * np.float32(10 ** (self.db / 20))


@dataclass(frozen=True)
class Noise:
    """Add pink noise at this ratio of signal to noise [dB], -20 to 100.

    The ratio is of mean powers over the whole recording; a silent one stays silent. Pink (power
    falling as 1 / f above 50 Hz) is nearer to rooms and streets than white.
    """

    snr_db: float

    def __post_init__(self) -> None:
        checks.number("noise", self.snr_db, minimum=-20, maximum=100)

    def __str__(self) -> str:
        return _text("noise", self.snr_db)

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        spectrum = rfft(random.standard_normal(len(samples)))
        frequency = rfftfreq(len(samples), 1 / sample_rate)
        noise = irfft(spectrum / np.sqrt(np.maximum(frequency, 50)), len(samples))
        power = np.square(samples, dtype=np.float64).mean() * 10 ** (-self.snr_db / 10)
        scale = np.sqrt(power / max(np.square(noise).mean(), 1e-300))
        noisy: Samples = (samples + scale * noise).astype(np.float32)
        return noisy


@dataclass(frozen=True)
class Chain:
    """One alteration after the other; a chain in a chain is replaced by its parts."""

    parts: tuple[Alteration, ...]

    def __post_init__(self) -> None:
        nested = (part.parts if isinstance(part, Chain) else (part,) for part in self.parts)
        object.__setattr__(self, "parts", tuple(part for parts in nested for part in parts))

    def __str__(self) -> str:
        return ",".join(map(str, self.parts))

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        for part in self.parts:
            samples = part(samples, sample_rate, random)
        return samples


KINDS: dict[str, type[Speed | Tempo | Pitch | Gain | Noise]] = {
    "speed": Speed,
    "tempo": Tempo,
    "pitch": Pitch,
    "gain": Gain,
    "noise": Noise,
}

SPEEDS: Sequence[Alteration] = tuple(Speed(2 ** (k / 12)) for k in (-2, -1, 1, 2))
"""One and two semitones down and up: the copies made if nobody says otherwise."""


def parse_alteration(text: str) -> Alteration:
    """Read an alteration from text.

    Raises
    ------
    ParameterError
        If it isn't NAME=NUMBER, or several joined by commas, or a number is out of its range.

    Examples
    --------
    >>> parse_alteration("speed=0.9")
    Speed(factor=0.9)
    >>> parse_alteration("tempo=1.1,noise=20").parts
    (Tempo(factor=1.1), Noise(snr_db=20.0))
    """
    parts = [_parsed(part, text) for part in text.split(",")]
    return parts[0] if len(parts) == 1 else Chain(tuple(parts))


def alteration_text(alteration: Alteration) -> str:
    """Give the text of an alteration, by which :func:`parse_alteration` makes it again.

    The text of a chain that has one part is the text of that part.

    Raises
    ------
    ParameterError
        If it is of a kind that has no text form, or a chain of nothing.

    Examples
    --------
    >>> alteration_text(Chain((Speed(0.9), Noise(20))))
    'speed=0.9,noise=20'
    """
    parts = alteration.parts if isinstance(alteration, Chain) else (alteration,)
    if not parts or any(type(part) not in KINDS.values() for part in parts):
        checks.fail("alteration", f"one of {', '.join(KINDS)}, or a chain of these", alteration)
    return str(alteration)


def _text(name: str, value: float) -> str:
    """Give the shortest text that is read as the very same number."""
    return f"{name}={float(value)!r}".removesuffix(".0")


def _parsed(part: str, text: str) -> Alteration:
    name, _, value = part.strip().partition("=")
    try:
        return KINDS[name](float(value))
    except (KeyError, ValueError) as error:
        if isinstance(error, ParameterError):
            raise
        rule = f"NAME=NUMBER with a name of {', '.join(KINDS)}"
        raise ParameterError(f"alteration must be {rule}, got {text!r:.80}") from error
