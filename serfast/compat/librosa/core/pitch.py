"""Fundamental frequency by YIN and pYIN, with the arguments of the librosa that is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._installed import BEFORE_1

if TYPE_CHECKING or not BEFORE_1:
    from ._pitch import pyin, yin
else:
    from ._before_1 import pyin, yin

__all__ = ["pyin", "yin"]
