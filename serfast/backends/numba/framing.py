"""Framing gives the samples of a frame, with padding beyond the signal's ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...features.framing import SILENCE
from .compiling import kernel

__all__ = ["PAD_CODES", "SUM_LANES", "frame_at", "heard_at"]

Pointer = Any
Record = Any

PAD_CODES = {"constant": 0, "edge": 1, "reflect": 2, "symmetric": 3}
"""A frame's record holds its padding as one of these numbers."""

SUM_LANES = 32
"""Zeros fill a frame up to a multiple of this, because sums run over such blocks."""

NOTHING = np.float32(0)
LOUD = np.float32(SILENCE)


@kernel
def reflected(i: int, n: int) -> int:
    """Give the index in 0 … n-1 that i falls on if the ends mirror the signal, repeatedly."""
    if n == 1:
        return 0
    i %= 2 * (n - 1)
    return i if i < n else 2 * (n - 1) - i


@kernel
def mirrored(i: int, n: int) -> int:
    """Give that index if the mirror repeats the sample at either end."""
    i %= 2 * n
    return i if i < n else 2 * n - 1 - i


@kernel
def frame_at(
    signal: Pointer, begin: int, end: int, node: Record, middle: int, frame: Pointer
) -> None:
    """Copy the frame around sample `middle`; signal[i] is sample begin + i, up to end - 1."""
    start = middle - node.left
    if start >= begin and start + node.length <= end:
        for k in range(node.length):
            frame[k] = signal[start - begin + k]
    else:
        for k in range(node.length):
            i = start + k
            if 0 <= i < end:
                frame[k] = signal[i - begin]
            elif node.pad_mode == 0:
                frame[k] = NOTHING
            elif node.pad_mode == 1:
                frame[k] = signal[(0 if i < 0 else end - 1) - begin]
            elif node.pad_mode == 2:
                frame[k] = signal[reflected(i, end) - begin]
            else:
                frame[k] = signal[mirrored(i, end) - begin]
    for k in range(node.length, node.length + SUM_LANES):
        frame[k] = NOTHING


@kernel
def is_silent(frame: Pointer, n: int) -> bool:
    """Tell whether no sample reaches serfast.features.framing.SILENCE."""
    if abs(frame[n // 2]) >= LOUD:
        return False
    i = 0
    while i < n and abs(frame[i]) < LOUD:
        i += 1
    return i == n


@kernel
def heard_at(
    signal: Pointer, begin: int, end: int, node: Record, middle: int, frame: Pointer
) -> None:
    """Copy the frame as `frame_at` does, but as zeros if it is silent.

    The squares of such small samples would be denormal numbers, which are slow.
    """
    frame_at(signal, begin, end, node, middle, frame)
    if is_silent(frame, node.length):
        for i in range(node.length):
            frame[i] = NOTHING
