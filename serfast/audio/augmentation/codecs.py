"""Codecs of mobile telephones and of the net: GSM, MP3 and Opus, as libsndfile has them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ...forking import forks_wait
from ..sndfile import soundfile_library
from .alteration import Array, Samples
from .chances import Value, check_value, drawn, value_text
from .fourier import at_rate
from .telephone import TELEPHONE_RATE, at_level, telephone_band

__all__ = ["Gsm", "Mp3", "Opus", "mp3_level", "opus_level"]

OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
MP3_DELAY = 1105  # samples, of LAME's encoder and the decoder, where no header tells of it

# libsndfile takes a number from 0 to 1 and computes the bit rate [kbit/s] from it, linearly.
MP3_SPANS = {8000: (8, 64), 16000: (8, 160), 32000: (32, 320)}  # by the lowest rate they are for
OPUS_SPAN = (6, 256)


@dataclass(frozen=True)
class Gsm:
    """Send the recording through a GSM telephone: 300 to 3400 Hz, 8 kHz, GSM 06.10, 13 kbit/s.

    Before it is coded its RMS is brought to 26 dB below full scale, or less if it would clip, and
    afterwards back again. It comes back at its own rate and length.

    Examples
    --------
    >>> str(Gsm())
    'gsm'
    """

    def __str__(self) -> str:
        return "gsm"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        code = partial(_coded, rate=TELEPHONE_RATE, container="WAV", codec="GSM610")
        return at_level(
            samples, lambda y: at_rate(y, sample_rate, TELEPHONE_RATE, code, telephone_band)
        )

    def prepare(self, sample_rate: int) -> None:
        """Raise ImportError if the installed libsndfile has no GSM codec."""
        _coded(np.zeros(1000), TELEPHONE_RATE, "WAV", "GSM610")


@dataclass(frozen=True)
class Mp3:
    """Code the recording as MP3 with this constant bit rate [kbit/s], 8 to 320.

    The bit rate becomes the nearest one that MP3 has at the recording's rate: up to 64 below
    16 kHz, up to 160 below 32 kHz, and 32 or more from there on. The level is handled as by
    :class:`Gsm`. A rate that MP3 doesn't have is changed to the next higher one and back.

    Raises
    ------
    ImportError
        When it is called or prepared, if soundfile is older than 0.13 or its libsndfile has no MP3.

    Examples
    --------
    >>> str(Mp3(32))
    'mp3=32'
    """

    kbps: Value

    def __post_init__(self) -> None:
        check_value("mp3", self.kbps, 8, 320)

    def __str__(self) -> str:
        return f"mp3={value_text(self.kbps)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        kbps = drawn(self.kbps, random)
        rate = _rate_for(sample_rate, MP3_RATES)
        code = partial(
            _coded,
            rate=rate,
            container="MP3",
            codec="MPEG_LAYER_III",
            compression_level=mp3_level(kbps, rate),
            bitrate_mode="CONSTANT",
        )
        return at_level(samples, lambda y: at_rate(y, sample_rate, rate, code))

    def prepare(self, sample_rate: int) -> None:
        """Raise ImportError if the installed soundfile or libsndfile can't write MP3."""
        self(np.ones(1000, np.float32), sample_rate, np.random.default_rng(0))


@dataclass(frozen=True)
class Opus:
    """Code the recording as Opus with this bit rate [kbit/s], 6 to 256, as calls and notes are.

    The level is handled as by :class:`Gsm`. A rate that Opus doesn't have (8, 12, 16, 24, 48 kHz)
    is changed to the next higher one and back.

    Raises
    ------
    ImportError
        When it is called or prepared, if soundfile is older than 0.13 or its libsndfile has no
        Opus.

    Examples
    --------
    >>> str(Opus(12))
    'opus=12'
    """

    kbps: Value

    def __post_init__(self) -> None:
        check_value("opus", self.kbps, *OPUS_SPAN)

    def __str__(self) -> str:
        return f"opus={value_text(self.kbps)}"

    def __call__(self, samples: Samples, sample_rate: int, random: np.random.Generator) -> Samples:
        kbps = drawn(self.kbps, random)
        rate = _rate_for(sample_rate, OPUS_RATES)
        level = opus_level(kbps)
        code = partial(_coded, rate=rate, container="OGG", codec="OPUS", compression_level=level)
        return at_level(samples, lambda y: at_rate(y, sample_rate, rate, code))

    def prepare(self, sample_rate: int) -> None:
        """Raise ImportError if the installed soundfile or libsndfile can't write Opus."""
        self(np.ones(1000, np.float32), sample_rate, np.random.default_rng(0))


def _rate_for(sample_rate: int, rates: tuple[int, ...]) -> int:
    """Give the lowest of these rates that loses nothing, or the highest."""
    return next((rate for rate in rates if rate >= sample_rate), rates[-1])


def mp3_level(kbps: float, rate: int) -> float:
    """Give the compression level by which libsndfile codes MP3 at this bit rate [kbit/s]."""
    return _level(kbps, MP3_SPANS[max(lowest for lowest in MP3_SPANS if lowest <= rate)])


def opus_level(kbps: float) -> float:
    """Give the compression level by which libsndfile codes Opus at this bit rate [kbit/s]."""
    return _level(kbps, OPUS_SPAN)


def _level(kbps: float, span: tuple[int, int]) -> float:
    """Give the place of a bit rate in its span, from 1 at the lowest; MP3 refuses 1 itself."""
    lowest, highest = span
    return float(np.clip((highest - kbps) / (highest - lowest), 0, 0.9999))


def _coded(samples: Array, rate: int, container: str, codec: str, **options: Any) -> Array:
    """Write samples into memory with a codec, and read as many of them back.

    Raises
    ------
    ImportError
        If soundfile or its libsndfile can't; the message says what to install.
    """
    library = soundfile_library()
    file = io.BytesIO()
    try:
        with forks_wait:  # soundfile holds a lock while it opens a file
            library.write(file, samples, rate, subtype=codec, format=container, **options)
            file.seek(0)
            decoded = library.read(file, dtype="float64")[0]
    except (TypeError, ValueError, library.LibsndfileError) as error:
        needed = f"a soundfile >= 0.13 whose libsndfile writes {codec}"
        hint = "pip install --upgrade soundfile"
        raise ImportError(f"this codec needs {needed}: {hint} ({error})") from error
    if container == "MP3" and len(decoded) > len(samples):
        decoded = decoded[MP3_DELAY:]
    decoded = decoded[: len(samples)]
    return np.pad(decoded, (0, len(samples) - len(decoded)))
