"""Features: one file each, with its fields, checks, columns, tables, tolerance and formula.

``base`` says what every feature has, ``catalogue`` lists all of them, ``spec`` puts the wanted ones
on one grid, and ``framing`` says where their frames lie.
"""

from .arguments import NativeFunction
from .base import Feature
from .catalogue import (
    FEATURES,
    MFCC,
    RMS,
    YIN,
    Delta,
    LogMel,
    MelPower,
    PowerSpectrum,
    ZeroCrossingRate,
)
from .custom import CustomFeature, FrameFeature, SpectrumFeature, feature_function
from .framing import frame_count
from .spec import FeatureSpec
from .spectrum import Window

__all__ = [
    "FEATURES",
    "MFCC",
    "RMS",
    "YIN",
    "CustomFeature",
    "Delta",
    "Feature",
    "FeatureSpec",
    "FrameFeature",
    "LogMel",
    "MelPower",
    "NativeFunction",
    "PowerSpectrum",
    "SpectrumFeature",
    "Window",
    "ZeroCrossingRate",
    "feature_function",
    "frame_count",
]
