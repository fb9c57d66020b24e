"""serfast: the feature engine for speech emotion recognition.

Samples go in, feature rows come out; classifiers plug in behind them. Importing it loads NumPy
and the native module, if there is one; everything else is loaded when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ._version import __version__
from .backends import native_info, require_choice
from .custom import FrameFeature, SpectrumFeature, feature_function
from .errors import (
    AudioError,
    BackendError,
    FeatureWarning,
    ModelError,
    ParameterError,
    SerfastError,
    UnknownPluginError,
)
from .extractor import Extractor
from .features import MFCC, RMS, YIN, Delta, LogMel, MelPower, PowerSpectrum, ZeroCrossingRate
from .framing import frame_count
from .spec import FeatureSpec

require_choice()

if TYPE_CHECKING:
    from . import presets
    from .audio import load
    from .recognizer import Recognizer
    from .rows import feature_rows
    from .statistics import Statistics

__all__ = [
    "MFCC",
    "RMS",
    "YIN",
    "AudioError",
    "BackendError",
    "Delta",
    "Extractor",
    "FeatureSpec",
    "FeatureWarning",
    "FrameFeature",
    "LogMel",
    "MelPower",
    "ModelError",
    "ParameterError",
    "PowerSpectrum",
    "Recognizer",
    "SerfastError",
    "SpectrumFeature",
    "Statistics",
    "UnknownPluginError",
    "ZeroCrossingRate",
    "__version__",
    "feature_function",
    "feature_rows",
    "frame_count",
    "load",
    "native_info",
    "presets",
]

_LAZY = {
    "Recognizer": "recognizer",
    "Statistics": "statistics",
    "feature_rows": "rows",
    "load": "audio",
}
_SUBMODULES = {
    *("audio", "backends", "bundle", "compat", "corpus", "custom", "evaluation", "events"),
    *("fingerprint", "native", "offered", "presets", "registry", "report", "running", "steps"),
    *("testing", "training"),
}


def __getattr__(name: str) -> Any:
    """Names whose modules are loaded at first use (PEP 562)."""
    if name in _LAZY:
        value = getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
        globals()[name] = value
        return value
    if name in _SUBMODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, *_SUBMODULES})
