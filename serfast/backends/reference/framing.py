"""Framing gives the frames of a signal as a matrix, one block of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...features.framing import SILENCE
from ...program import rows as p

__all__ = ["BLOCK", "blocks", "heard"]

Array = np.ndarray[Any, np.dtype[np.float64]]

BLOCK = 1024
"""So many frames are computed at a time, which bounds the memory for a long recording."""


def blocks(y: Array, frames: p.Frames, hop: int, n_rows: int) -> Iterator[tuple[slice, Array]]:
    """Give (rows, their frames as a matrix), block by block, until there are no more rows.

    Frame t is ``y[t·hop - left : t·hop - left + length]``, with padding outside the signal.
    """
    before = max(frames.left, 0)
    end = (n_rows - 1) * hop - frames.left + frames.length
    after = max(end - len(y), 0)
    padded = np.pad(y, (before, after), mode=frames.pad_mode)[before - frames.left :]
    windows = np.lib.stride_tricks.sliding_window_view(padded, frames.length)[::hop]
    for first in range(0, n_rows, BLOCK):
        rows = slice(first, min(first + BLOCK, n_rows))
        yield rows, windows[rows]


def heard(frames: Array) -> Array:
    """Give the frames, with zeros for those in which no sample reaches the level `SILENCE`.

    The level is :data:`serfast.features.framing.SILENCE`.
    """
    return np.where(np.abs(frames).max(axis=1, keepdims=True) < SILENCE, 0.0, frames)
