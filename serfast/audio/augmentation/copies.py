"""The copies that are made of every recording if nobody says otherwise, and fewer and more."""

from __future__ import annotations

from collections.abc import Mapping

from .alteration import Alteration
from .text import parse_alteration

__all__ = ["COPIES", "PLACES_OF_COPIES", "SETS_OF_COPIES", "STRONG_COPIES"]

VOICE = "speed=0.89..1.12"
"""Two semitones down to two up: another voice."""

CHANNEL = "telephone|gsm|mp3=16..48|lowpass=2500..6000"
"""What a recording may have come through."""

COPIES: tuple[Alteration, ...] = tuple(
    parse_alteration(text)
    for text in (
        "speed=0.89",
        "speed=1.12",
        f"{VOICE},noise=5..30",
        f"{VOICE},white=5..30",
        f"{VOICE},hum=5..30",
        f"{VOICE},babble=5..30",
        f"{VOICE},room=0.2..1:0.7..3",
        f"{VOICE},room=0.2..1:0.7..3",
        f"{VOICE},telephone",
        f"{VOICE},room=0.2..0.8:0.7..3,noise=10..30|white=10..30|brown=10..30",
        f"{VOICE},noise=15..40,{CHANNEL}",
        f"{VOICE},dc=-0.05..0.05,{CHANNEL}",
    )
)
"""Other voices, noise, rooms and channels: what few speakers in a studio don't have.

Clicks, clipping, packet loss and Opus are not among them, so that a report by condition
(:mod:`serfast.training.conditions`) has some that no training saw.
"""

STRONG_COPIES: tuple[Alteration, ...] = COPIES + tuple(
    parse_alteration(text)
    for text in (
        f"{VOICE},noise=0..15|brown=0..15",
        f"{VOICE},white=0..15|hum=0..15",
        f"{VOICE},babble=0..15",
        f"{VOICE},room=0.4..1:1..3",
        f"{VOICE},room=0.4..1:1..3,noise=5..20|babble=5..20",
        f"{VOICE},noise=5..20,{CHANNEL}",
    )
)
"""The default ones first, then six more in stronger noise and larger rooms."""

PLACES_OF_COPIES: Mapping[str, tuple[int, ...]] = {
    "light": (0, 1, 2, 5, 6, 9, 10),
    "default": tuple(range(len(COPIES))),
    "strong": tuple(range(len(STRONG_COPIES))),
}
"""Sets of copies that a training can choose from, as places in STRONG_COPIES.

So every copy is made once for all sets, and the default set is that of a training that chooses
nothing, sample by sample. The light set has no hum and no offset, and everything else fewer times.
"""

SETS_OF_COPIES: Mapping[str, tuple[Alteration, ...]] = {
    name: tuple(STRONG_COPIES[k] for k in places) for name, places in PLACES_OF_COPIES.items()
}
"""The alterations of each set."""
