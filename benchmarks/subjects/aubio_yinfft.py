"""aubio's yinfft."""

from __future__ import annotations

from ..works import Work
from . import Array
from .aubio_pitch import DISTRIBUTION, INSTALL, pitch

__all__ = ["DISTRIBUTION", "EXACT", "INSTALL", "MAKE", "ROWS"]


def exact(work: Work, y: Array) -> str:
    """Why there is none."""
    return "another method: YIN of a weighted spectrum"


MAKE = {"yin": pitch("yinfft")}
EXACT = {"yin": exact}
ROWS: dict[str, object] = {}
