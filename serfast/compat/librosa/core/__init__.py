"""Decibels and pitch, by librosa's names."""

from __future__ import annotations

from . import pitch, spectrum
from .pitch import yin
from .spectrum import power_to_db

__all__ = ["pitch", "power_to_db", "spectrum", "yin"]
