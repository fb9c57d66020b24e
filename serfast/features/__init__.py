"""Every feature has a file: its fields, checks, columns, tables, tolerance and formula.

``base`` says what every feature has, ``catalogue`` lists all of them, ``spec`` puts the wanted ones
on one grid, and ``framing`` says where their frames lie.
"""

from .arguments import NativeFunction
from .base import Feature
from .catalogue import *  # noqa: F403  (every built-in feature)
from .catalogue import FEATURES
from .computed import ComputedFeature, FrameFeature, MelFeature, SpectrumFeature
from .custom import CustomFeature, feature_function
from .framing import frame_count
from .spec import FeatureSpec
from .spectrum import Window
from .track import Track

__all__ = [
    "FEATURES",
    "ComputedFeature",
    "CustomFeature",
    "Feature",
    "FeatureSpec",
    "FrameFeature",
    "MelFeature",
    "NativeFunction",
    "SpectrumFeature",
    "Track",
    "Window",
    "feature_function",
    "frame_count",
]
__all__ += [*FEATURES]
