"""Framing and checks, by librosa's names."""

from __future__ import annotations

from . import deprecation, exceptions
from .utils import frame, valid_audio

__all__ = ["deprecation", "exceptions", "frame", "valid_audio"]
