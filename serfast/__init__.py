"""serfast: the feature engine for speech emotion recognition.

Samples go in, feature rows come out; classifiers plug in behind them. Importing it loads NumPy
and the native module, if there is one; everything else is loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _former_names
from ._lazy import lazily
from ._version import __version__
from .backends import make_programs_with, native_info, require_choice
from .errors import (
    AudioError,
    AudioWarning,
    BackendError,
    FeatureWarning,
    MissingDecoderError,
    ModelError,
    ParameterError,
    SerfastError,
    UnknownPluginError,
)
from .extractor import Extractor, native_extractor
from .features import (
    FeatureSpec,
    FrameFeature,
    MelFeature,
    SpectrumFeature,
    Track,
    feature_function,
    frame_count,
)
from .features.base import snake_case
from .features.catalogue import *  # noqa: F403  (every built-in feature)
from .features.catalogue import FEATURES as _FEATURES

if TYPE_CHECKING:
    from . import presets
    from .audio import load
    from .models.embedding import Embedding
    from .recognizer import Recognizer
    from .statistics import Selection, Statistics
    from .streaming.rows import feature_rows
    from .voice import voice_report

__all__ = [
    "AudioError",
    "AudioWarning",
    "BackendError",
    "Embedding",
    "Extractor",
    "FeatureSpec",
    "FeatureWarning",
    "FrameFeature",
    "MelFeature",
    "MissingDecoderError",
    "ModelError",
    "ParameterError",
    "Recognizer",
    "Selection",
    "SerfastError",
    "SpectrumFeature",
    "Statistics",
    "Track",
    "UnknownPluginError",
    "__version__",
    "feature_function",
    "feature_rows",
    "frame_count",
    "load",
    "native_info",
    "presets",
    "voice_report",
]
__all__ += [*_FEATURES, *map(snake_case, _FEATURES)]

_MODULES = (
    *("audio", "backends", "compat", "corpora", "entry_points", "errors", "extractor", "features"),
    *("files", "forking", "models", "native", "pandas", "picture", "presets", "program"),
    *("recognizer", "sklearn", "speaker", "statistics", "streaming", "testing", "torch"),
    *("training", "voice"),
)
_LATER = {
    "Embedding": "models.embedding",
    "Recognizer": "recognizer",
    "Selection": "statistics",
    "Statistics": "statistics",
    "feature_rows": "streaming.rows",
    "load": "audio",
    "voice_report": "voice",
}
_CALLS = {snake_case(name): "one_call" for name in _FEATURES}
_later, _ = lazily(__name__, _LATER | _CALLS, _MODULES)


def __getattr__(name: str) -> Any:
    """Names whose modules are loaded at first use, and former names of modules (PEP 562)."""
    if name in _former_names.FORMER and name not in _CALLS:
        return _former_names.find_former(name)
    return _later(name)


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES})


_former_names.install_finder()
require_choice()
make_programs_with(native_extractor)
