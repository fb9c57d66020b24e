"""Features by librosa's names; shape (..., features, frames)."""

from __future__ import annotations

from . import energy, spectral
from .energy import rms, zero_crossing_rate
from .spectral import melspectrogram, mfcc

__all__ = ["energy", "melspectrogram", "mfcc", "rms", "spectral", "zero_crossing_rate"]
