"""Every feature that can stand in a FeatureSpec; each is defined with its stage."""

from __future__ import annotations

from .base import Feature
from .custom import CustomFeature, FrameFeature, SpectrumFeature
from .delta import Delta
from .energy import RMS, ZeroCrossingRate
from .mel import LogMel, MelPower
from .mfcc import MFCC
from .pitch import YIN
from .spectrum import PowerSpectrum, Window

__all__ = [
    "FEATURES",
    "MFCC",
    "RMS",
    "YIN",
    "CustomFeature",
    "Delta",
    "Feature",
    "FrameFeature",
    "LogMel",
    "MelPower",
    "PowerSpectrum",
    "SpectrumFeature",
    "Window",
    "ZeroCrossingRate",
]

FEATURES: dict[str, type[Feature]] = {
    cls.__name__: cls
    for cls in (RMS, ZeroCrossingRate, PowerSpectrum, MelPower, LogMel, MFCC, YIN, Delta)
}
"""Every feature by the name that stands in a spec's JSON."""
