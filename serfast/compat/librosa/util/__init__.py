"""Framing and checks, by librosa's names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._lazy import suggesting
from . import deprecation, exceptions
from .utils import frame, valid_audio

__all__ = ["deprecation", "exceptions", "frame", "valid_audio"]

if not TYPE_CHECKING:  # else a type checker would take every name for a right one
    __getattr__ = suggesting(__name__, __all__)
