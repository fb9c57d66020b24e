"""The copies that are made of every recording if nobody says otherwise."""

from __future__ import annotations

from .alteration import Alteration
from .text import parse_alteration

__all__ = ["COPIES"]

VOICE = "speed=0.89..1.12"
"""Two semitones down to two up: another voice."""

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
    )
)
"""Other voices, noise, rooms and a telephone: what few speakers in a studio don't have.

Clicks, low-pass microphones, clipping, packet loss and the other codecs are not among them, so
that a report by condition (:mod:`serfast.training.conditions`) has some that no training saw.
"""
