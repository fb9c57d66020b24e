"""Conditions under which a model is measured: noise, rooms, channels, levels.

A condition is an alteration of the recordings that a fold leaves out, with a name for people.
Which conditions are measured if nobody says otherwise is the list `CONDITIONS`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .. import _checks as checks
from ..audio.augmentation import Alteration, alteration_text, parse_alteration
from ..errors import ParameterError

__all__ = [
    "CLEAN",
    "CONDITIONS",
    "Condition",
    "Wanted",
    "checked_name",
    "conditions_from",
    "kinds_of",
]

LONGEST = 1000
"""A name has at most so many characters."""

KINDS: Mapping[str, tuple[str, str]] = {
    "gain": ("level", "gain, {} dB"),
    "clip": ("level", "clipping, {} dB"),
    "dc": ("level", "DC offset, {}"),
    "noise": ("noise", "pink noise, {} dB"),
    "white": ("noise", "white noise, {} dB"),
    "brown": ("noise", "brown noise, {} dB"),
    "hum": ("noise", "hum, {} dB"),
    "clicks": ("noise", "clicks, {} dB"),
    "babble": ("noise", "babble, {} dB"),
    "noises": ("noise", ""),
    "room": ("room", "room, {} s"),
    "rooms": ("room", ""),
    "reverb": ("room", "decaying noise, {} s"),
    "telephone": ("channel", "telephone"),
    "mulaw": ("channel", "µ-law"),
    "gsm": ("channel", "GSM"),
    "mp3": ("channel", "MP3, {} kbit/s"),
    "opus": ("channel", "Opus, {} kbit/s"),
    "loss": ("channel", "packet loss, {} %"),
    "lowpass": ("channel", "low-pass, {} Hz"),
    "speed": ("speech", "speed × {}"),
    "tempo": ("speech", "tempo × {}"),
    "pitch": ("speech", "pitch, {} semitones"),
}
"""Each kind of alteration has a group, and a name for people with the place of its number.

The text of a kind that names a folder is its name. What isn't here is in the group "other".
"""

SECOND: Mapping[str, str] = {
    "room": "{} s at {} m",
    "babble": "{} dB of {} voices",
    "reverb": "{} s at {} dB",
}
"""Some kinds may have a second number behind a colon."""

JOINTS: Mapping[str, str] = {",": " + ", "|": " or "}
"""What a name has in the place of the signs that join alterations in a text."""

SIGNS = re.compile("([(),|])")
"""These signs divide the text of several alterations."""

CONDITIONS: tuple[str, ...] = (
    "gain=-30",
    "gain=-20",
    "gain=10",
    "clip=10",
    "dc=0.05",
    "noise=20",
    "noise=10",
    "white=20",
    "white=10",
    "brown=10",
    "hum=20",
    "hum=10",
    "clicks=20",
    "babble=20",
    "babble=10",
    "room=0.3",
    "room=0.5",
    "room=0.8",
    "reverb=0.5",
    "telephone",
    "gsm",
    "mp3=16",
    "opus=8..12",
    "loss=10",
    "lowpass=2500..4000",
    "room=0.5,noise=15",
)
"""The conditions that are measured by default, beside the unaltered recordings."""


@dataclass(frozen=True)
class Condition:
    """A condition is a way to alter recordings before a model predicts them.

    Parameters
    ----------
    name : str
        People read this name, such as "pink noise, 20 dB".
    group : str
        Conditions of a group stand together: "level", "noise", "room", "channel", "speech",
        "combined" or "other".
    alteration : Alteration or None
        It makes the recording that is predicted; None leaves it as it is.
    trained : bool
        It says whether the training saw this kind of alteration. An evaluation finds it out from
        its recipe, whatever stands here.

    Raises
    ------
    ParameterError
        If the name or the group isn't printable text of 1 to 1000 characters.

    Examples
    --------
    >>> condition = Condition.from_text("noise=20,gain=-20")
    >>> condition.name, condition.group
    ('pink noise, 20 dB + gain, -20 dB', 'combined')
    """

    name: str
    group: str
    alteration: Alteration | None
    trained: bool = False

    def __post_init__(self) -> None:
        for field in ("name", "group"):
            checked_name(field, getattr(self, field))

    @classmethod
    def from_text(cls, text: str) -> Condition:
        """Give the condition of an alteration's text; its name and group follow from the text.

        Raises
        ------
        ParameterError
            If it isn't the text of an alteration, see
            :func:`serfast.audio.augmentation.parse_alteration`.
        """
        try:
            alteration = parse_alteration(text)
        except ParameterError as error:
            raise ParameterError(f"condition {checks.shown(text)}: {error}") from error
        return cls(_name(text), _group(text), alteration)

    @property
    def text(self) -> str | None:
        """Give the alteration's text; None if it has none, or there is no alteration."""
        try:
            return None if self.alteration is None else alteration_text(self.alteration)
        except ParameterError:
            return None


def checked_name(what: str, value: object) -> str:
    """Give a name that a card can hold; anything else is a ParameterError."""
    if not isinstance(value, str) or not value.isprintable() or not 1 <= len(value) <= LONGEST:
        checks.fail(what, f"printable text of 1 to {LONGEST} characters", value)
    return value


CLEAN = Condition("clean", "clean", None, trained=True)
"""The recordings as they are; every evaluation has it."""

Wanted: TypeAlias = "bool | Iterable[Condition | str] | None"
"""Which conditions to measure: None or False is none, True is all of CONDITIONS."""


def conditions_from(wanted: Wanted, alterations: Iterable[Alteration]) -> tuple[Condition, ...]:
    """Give the conditions asked for, without `CLEAN`; each says whether it was trained on.

    Parameters
    ----------
    wanted : bool, iterable of Condition or str, or None
        A text is that of an alteration.
    alterations : iterable of Alteration
        The training makes copies by them.

    Raises
    ------
    ParameterError
        If one is neither a condition nor the text of an alteration, or two have the same name.

    Notes
    -----
    A condition counts as trained on if every kind of alteration in it occurs in the training,
    whatever its level there. A condition that has no text form counts as never trained on.
    """
    if wanted is None or wanted is False:
        return ()
    given = CONDITIONS if wanted is True else wanted
    if isinstance(given, str) or not isinstance(given, Iterable):
        checks.fail("conditions", "a sequence of conditions, or True", given)
    conditions = [item if isinstance(item, Condition) else _condition(item) for item in given]
    names = [condition.name for condition in conditions]
    for name in names:
        if names.count(name) > 1:
            checks.fail("conditions", "of different names", name)
    seen = set().union(*map(kinds_of, alterations))
    return tuple(
        dataclasses.replace(condition, trained=is_covered(condition, seen))
        for condition in conditions
        if condition.alteration is not None
    )


def is_covered(condition: Condition, seen: set[str]) -> bool:
    """Tell whether all kinds of alteration in a condition are among those seen in training."""
    kinds = set() if condition.alteration is None else kinds_of(condition.alteration)
    return bool(kinds) and kinds <= seen


def kinds_of(alteration: Alteration) -> set[str]:
    """Give the kinds that occur in an alteration's text; none if it has no text form.

    Examples
    --------
    >>> sorted(kinds_of(parse_alteration("speed=0.9,noise=20")))
    ['noise', 'speed']
    """
    try:
        text = alteration_text(alteration)
    except ParameterError:
        return set()
    return _kinds(text)


def _condition(text: object) -> Condition:
    if not isinstance(text, str):
        checks.fail("condition", "a Condition, or the text of an alteration", text)
    return Condition.from_text(text)


def _name(text: str) -> str:
    """Name a condition by its text."""
    return "".join(JOINTS.get(part) or _part(part.strip()) for part in SIGNS.split(text))


def _part(text: str) -> str:
    kind, _, value = text.partition("=")
    _, name = KINDS.get(kind.strip(), ("other", ""))
    if not name:
        return text
    first, colon, second = value.strip().replace("..", " to ").partition(":")
    if colon:
        return f"{name.partition(', ')[0]}, {SECOND[kind.strip()].format(first, second)}"
    return name.format(first)


def _group(text: str) -> str:
    """Give the group of all parts of a text, or "combined" if they are of different ones."""
    groups = {KINDS[kind][0] if kind in KINDS else "other" for kind in _kinds(text)}
    return groups.pop() if len(groups) == 1 else "combined"


def _kinds(text: str) -> set[str]:
    return {part.partition("=")[0].strip() for part in SIGNS.split(text)} - {*"(),|", ""}
