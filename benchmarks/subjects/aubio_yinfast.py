"""aubio's yinfast."""

from __future__ import annotations

from ..works import Work
from . import Array
from .aubio_pitch import DISTRIBUTION, INSTALL, pitch

__all__ = ["DISTRIBUTION", "EXACT", "INSTALL", "MAKE", "ROWS"]


def exact(work: Work, y: Array) -> str:
    """Why there is none."""
    return "sums over half a frame, searches all lags up to that"


MAKE = {"yin": pitch("yinfast")}
EXACT = {"yin": exact}
ROWS: dict[str, object] = {}
