"""Features: one file each, with its fields, checks, columns, tables, tolerance and formula.

``base`` says what every feature has, ``catalogue`` lists all of them, ``spec`` puts the wanted ones
on one grid, and ``framing`` says where their frames lie.
"""

from .arguments import NativeFunction
from .base import Feature
from .catalogue import FEATURES
from .computed import ComputedFeature, FrameFeature, MelFeature, SpectrumFeature
from .custom import CustomFeature, feature_function
from .delta import Delta
from .energy import RMS, ZeroCrossingRate
from .framing import frame_count
from .mel import LogMel, MelPower
from .mfcc import MFCC
from .pitch import YIN
from .spec import FeatureSpec
from .spectrum import PowerSpectrum, Window
from .track import Track

__all__ = [
    "FEATURES",
    "MFCC",
    "RMS",
    "YIN",
    "ComputedFeature",
    "CustomFeature",
    "Delta",
    "Feature",
    "FeatureSpec",
    "FrameFeature",
    "LogMel",
    "MelFeature",
    "MelPower",
    "NativeFunction",
    "PowerSpectrum",
    "SpectrumFeature",
    "Track",
    "Window",
    "ZeroCrossingRate",
    "feature_function",
    "frame_count",
]
