"""Framing: the frames of a signal as a matrix, a block of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...features.framing import SILENCE, pad
from ...program import rows as p

__all__ = ["BLOCK", "blocks", "heard"]

Array = np.ndarray[Any, np.dtype[np.float64]]

BLOCK = 1024
"""Frames computed at a time: bounds the memory of a long recording."""


def blocks(y: Array, frames: p.Frames, hop: int, n_rows: int) -> Iterator[tuple[slice, Array]]:
    """(rows, their frames as a matrix) until all rows are through.

    Frame t is ``y[t·hop - left : t·hop - left + length]``, with padding outside the signal.
    """
    padded = pad(y, frames.length, frames.pad_mode, center=frames.left > 0)
    windows = np.lib.stride_tricks.sliding_window_view(padded, frames.length)[::hop]
    for first in range(0, n_rows, BLOCK):
        rows = slice(first, min(first + BLOCK, n_rows))
        yield rows, windows[rows]


def heard(frames: Array) -> Array:
    """Zeros for the frames in which no sample reaches :data:`serfast.features.framing.SILENCE`."""
    return np.where(np.abs(frames).max(axis=1, keepdims=True) < SILENCE, 0.0, frames)
