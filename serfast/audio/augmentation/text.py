"""The text form of alterations, which the command line takes: ``speed=0.9,noise=10..30``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from ... import _checks as checks
from ...errors import ParameterError
from .alteration import Alteration
from .babble import Babble
from .chances import read_value
from .clicks import Clicks
from .codecs import Gsm, Mp3, Opus
from .combining import Chain, OneOf, Unaltered
from .hum import Hum
from .level import Clipping, Gain, Offset
from .low_pass import LowPass
from .noise import COLOURS, Noise
from .packet_loss import PacketLoss
from .recorded_noise import RecordedNoise
from .reverberation import Reverberation
from .rooms import RecordedRoom, Room
from .speed import Pitch, Speed, Tempo
from .telephone import MuLaw, Telephone

__all__ = ["KINDS", "alteration_text", "parse_alteration"]

Reader: TypeAlias = Callable[[str], Alteration]

MOST_GROUPS = 100

NUMBERED: dict[str, type[Alteration]] = {
    "speed": Speed,
    "tempo": Tempo,
    "pitch": Pitch,
    "gain": Gain,
    "clip": Clipping,
    "dc": Offset,
    "hum": Hum,
    "clicks": Clicks,
    "lowpass": LowPass,
    "mp3": Mp3,
    "opus": Opus,
    "loss": PacketLoss,
}
"""Those that take one number or range."""

WORDS: dict[str, type[Alteration]] = {
    "telephone": Telephone,
    "mulaw": MuLaw,
    "gsm": Gsm,
    "none": Unaltered,
}
"""Those that take nothing."""

OTHERS: dict[str, type[Alteration]] = {
    **dict.fromkeys(COLOURS.values(), Noise),
    "babble": Babble,
    "noises": RecordedNoise,
    "room": Room,
    "rooms": RecordedRoom,
    "reverb": Reverberation,
}

KINDS = {**NUMBERED, **OTHERS, **WORDS}
"""Every name of the text form, and the class it stands for."""


def parse_alteration(text: str) -> Alteration:
    """Read an alteration from text.

    ``speed=0.9,noise=20`` is one after the other. A number may be a range, ``noise=10..30``, from
    which one is drawn for every copy, and of alternatives, ``noise=20|room=0.4|none``, one is
    drawn. The bar binds more tightly than the comma; parentheses change that:
    ``none|(room=0.4,noise=20)``.

    Raises
    ------
    ParameterError
        If it isn't NAME=NUMBER, or several joined by commas or bars, or a number is out of its
        range. docs/augmentation.md lists the names.

    Examples
    --------
    >>> parse_alteration("speed=0.9")
    Speed(factor=0.9)
    >>> parse_alteration("tempo=1.1,noise=10..30").parts
    (Tempo(factor=1.1), Noise(snr_db=Uniform(low=10.0, high=30.0), colour='pink'))
    >>> parse_alteration("room=0.2..0.8|telephone").alternatives
    (Room(rt60=Uniform(low=0.2, high=0.8), distance=1.0), Telephone())
    """
    if text.count("(") > MOST_GROUPS:
        raise ParameterError(
            f"alteration must have at most {MOST_GROUPS} parentheses, got {text!r:.80}"
        )
    return _parsed(text, text)


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
    if not _has_text(alteration):
        checks.fail("alteration", f"one of {', '.join(KINDS)}, or made of these", alteration)
    return str(alteration)


def _has_text(alteration: Alteration) -> bool:
    if type(alteration) is Chain:
        return bool(alteration.parts) and all(map(_has_text, alteration.parts))
    if type(alteration) is OneOf:
        return all(map(_has_text, alteration.alternatives))
    return type(alteration) in KINDS.values()


def _parsed(part: str, text: str) -> Alteration:
    """Read a part of the text: a chain, a choice, a group or a single alteration."""
    part = part.strip()
    for separator, kind in ((",", Chain), ("|", OneOf)):
        pieces = list(_divided(part, separator))
        if len(pieces) > 1:
            return kind(tuple(_parsed(piece, text) for piece in pieces))
    if part.startswith("(") and part.endswith(")"):
        return _parsed(part[1:-1], text)
    try:
        return _single(part)
    except (KeyError, ValueError) as error:
        if isinstance(error, ParameterError):
            raise
        rule = f"NAME=NUMBER with a name of {', '.join(KINDS)}"
        near = checks.similar(part.partition("=")[0], KINDS)
        raise ParameterError(f"alteration must be {rule}, got {text!r:.80}{near}") from error


def _divided(text: str, separator: str) -> Iterable[str]:
    """Divide text at a separator that is in no parentheses."""
    begin = depth = 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == separator and depth == 0:
            yield text[begin:index]
            begin = index + 1
    yield text[begin:]


def _single(text: str) -> Alteration:
    """Read one alteration; what isn't one is a KeyError or a ValueError."""
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals:
        return WORDS[name]()
    return _READERS[name](value.strip())


def _numbered(kind: Callable[..., Alteration]) -> Reader:
    return lambda text: kind(read_value(text))


def _coloured(colour: str) -> Reader:
    return lambda text: Noise(read_value(text), colour)


def _pair(kind: Callable[..., Alteration], second: Callable[[str], object] = read_value) -> Reader:
    """Give the reader of NUMBER, or of NUMBER:SECOND."""

    def read(text: str) -> Alteration:
        first, colon, rest = text.partition(":")
        return kind(read_value(first), second(rest)) if colon else kind(read_value(first))

    return read


def _recorded_noise(text: str) -> RecordedNoise:
    folder, colon, snr_db = text.rpartition(":")
    if not colon:
        raise ParameterError(f"noises must be FOLDER:RATIO, got {text!r:.80}")
    return RecordedNoise(folder, read_value(snr_db))


_READERS: dict[str, Reader] = {
    **{name: _numbered(kind) for name, kind in NUMBERED.items()},
    **{name: _coloured(colour) for colour, name in COLOURS.items()},
    "babble": _pair(Babble, int),
    "noises": _recorded_noise,
    "room": _pair(Room),
    "rooms": RecordedRoom,
    "reverb": _pair(Reverberation),
}
