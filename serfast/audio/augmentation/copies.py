"""The copies that are made of every recording if nobody says otherwise."""

from __future__ import annotations

from .alteration import Alteration
from .text import parse_alteration

__all__ = ["COPIES"]

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
