"""A module here has another toolkit's names and conventions, and serfast's engine behind them."""

from __future__ import annotations

import importlib
from types import ModuleType

from .._lazy import suggesting
from ..forking import forks_wait

__all__ = ["kaldi_native_fbank", "librosa", "opensmile", "pyaudioanalysis"]


def __getattr__(name: str) -> ModuleType:
    """Load a module when it is first used: ``serfast.compat.librosa`` needs no import line."""
    if name in __all__:
        with forks_wait:
            return importlib.import_module(f"{__name__}.{name}")
    return suggesting(__name__, __all__)(name)
