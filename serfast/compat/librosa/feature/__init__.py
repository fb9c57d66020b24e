"""Features by librosa's names; shape (..., features, frames)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._lazy import suggesting
from . import chroma, contrast, energy, shape, spectral
from .chroma import chroma_stft
from .contrast import spectral_contrast, spectral_flatness
from .energy import rms, zero_crossing_rate
from .shape import spectral_bandwidth, spectral_centroid, spectral_rolloff
from .spectral import melspectrogram, mfcc

__all__ = [
    "chroma",
    "chroma_stft",
    "contrast",
    "energy",
    "melspectrogram",
    "mfcc",
    "rms",
    "shape",
    "spectral",
    "spectral_bandwidth",
    "spectral_centroid",
    "spectral_contrast",
    "spectral_flatness",
    "spectral_rolloff",
    "zero_crossing_rate",
]

if not TYPE_CHECKING:  # else a type checker would take every name for a right one
    __getattr__ = suggesting(__name__, __all__)
