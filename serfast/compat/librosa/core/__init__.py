"""Decibels, PCEN and pitch, by librosa's names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._lazy import suggesting
from . import pitch, spectrum
from .pitch import pyin, yin
from .spectrum import pcen, power_to_db

__all__ = ["pcen", "pitch", "power_to_db", "pyin", "spectrum", "yin"]

if not TYPE_CHECKING:  # else a type checker would take every name for a right one
    __getattr__ = suggesting(__name__, __all__)
