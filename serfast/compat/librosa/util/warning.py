"""Warnings that point at the line of the caller's program."""

from __future__ import annotations

import sys
import warnings

__all__ = ["warn_caller"]

PACKAGE = __name__.partition(".")[0] + "."


def warn_caller(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the nearest line that isn't serfast's, however deep the call is inside it."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
