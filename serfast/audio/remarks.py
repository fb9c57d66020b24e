"""Warnings about a recording, at the line of the program that reads it."""

from __future__ import annotations

import inspect
import warnings

from ..errors import AudioWarning

__all__ = ["warn_of"]

_PACKAGE = __name__.partition(".")[0] + "."


def warn_of(name: str, text: str) -> None:
    """Warn of something in the recording of that name.

    Recordings are read by generators in generators, so how far away the caller is isn't known.
    """
    level, frame = 1, inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(f"{name}: {text}", AudioWarning, stacklevel=level)
