"""Alterations: what a recording might have sounded like, for more to train on.

An alteration takes samples and gives others; what it draws at random, it draws from the generator
that it is given. Its text form is what the command line takes: ``speed=0.9``, or
``speed=0.9,noise=20`` for one after the other. ``str(alteration)`` gives this text, and
:func:`parse_alteration` reads it. docs/augmentation.md describes every kind.
"""

from .alteration import Alteration, NeedsOthers, Others, Prepares
from .babble import Babble
from .chances import Uniform
from .clicks import Clicks
from .codecs import Gsm, Mp3, Opus
from .combining import Chain, OneOf, Unaltered, bound_to
from .copies import COPIES, PLACES_OF_COPIES, SETS_OF_COPIES, STRONG_COPIES
from .hum import Hum
from .level import Clipping, Gain, Offset
from .low_pass import LowPass
from .noise import Noise
from .packet_loss import PacketLoss
from .recorded_noise import RecordedNoise
from .reverberation import Reverberation
from .rooms import RecordedRoom, Room
from .speed import SPEEDS, Pitch, Speed, Tempo
from .telephone import MuLaw, Telephone
from .text import KINDS, alteration_text, parse_alteration

__all__ = [
    "COPIES",
    "KINDS",
    "PLACES_OF_COPIES",
    "SETS_OF_COPIES",
    "SPEEDS",
    "STRONG_COPIES",
    "Alteration",
    "Babble",
    "Chain",
    "Clicks",
    "Clipping",
    "Gain",
    "Gsm",
    "Hum",
    "LowPass",
    "Mp3",
    "MuLaw",
    "NeedsOthers",
    "Noise",
    "Offset",
    "OneOf",
    "Opus",
    "Others",
    "PacketLoss",
    "Pitch",
    "Prepares",
    "RecordedNoise",
    "RecordedRoom",
    "Reverberation",
    "Room",
    "Speed",
    "Telephone",
    "Tempo",
    "Unaltered",
    "Uniform",
    "alteration_text",
    "bound_to",
    "parse_alteration",
]
