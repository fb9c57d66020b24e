"""Spectral shape for serfast: six features, each one function of a frame's power spectrum."""

from __future__ import annotations

from .level import SpectralEntropy, SpectralFlatness
from .moments import SpectralBandwidth, SpectralCentroid, SpectralRolloff
from .motion import SpectralFlux

__all__ = [
    "SpectralBandwidth",
    "SpectralCentroid",
    "SpectralEntropy",
    "SpectralFlatness",
    "SpectralFlux",
    "SpectralRolloff",
]
