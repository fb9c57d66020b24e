"""Spectral tilt, decrease, skewness and kurtosis for serfast, and a running mean of any feature.

An example of a package that offers features. The six that it had first are built into serfast now;
their names here give serfast's classes, with a DeprecationWarning.
"""

from __future__ import annotations

import warnings
from typing import Any

import serfast

from .decrease import SpectralDecrease
from .moments import SpectralKurtosis, SpectralSkewness
from .running_mean import RunningMean
from .tilt import SpectralTilt

__all__ = [
    "RunningMean",
    "SpectralDecrease",
    "SpectralKurtosis",
    "SpectralSkewness",
    "SpectralTilt",
]

BUILT_IN = (
    "SpectralBandwidth",
    "SpectralCentroid",
    "SpectralEntropy",
    "SpectralFlatness",
    "SpectralFlux",
    "SpectralRolloff",
)
"""Names that moved into serfast."""


def __getattr__(name: str) -> Any:
    if name not in BUILT_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    message = f"{__name__}.{name} is serfast.{name} now"
    warnings.warn(message, DeprecationWarning, stacklevel=2)
    return getattr(serfast, name)
