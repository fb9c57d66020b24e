"""Framing: the samples of a frame, and what stands for those beyond the signal's ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...features.framing import SILENCE
from .compiling import kernel

__all__ = ["PAD_CODES", "SUM_LANES", "frame_at", "heard_at"]

Pointer = Any
Record = Any

PAD_CODES = {"constant": 0, "edge": 1, "reflect": 2}
"""How a frame's record says its padding."""

SUM_LANES = 32
"""Zeros behind a frame: sums run over blocks of so many."""

NOTHING = np.float32(0)
LOUD = np.float32(SILENCE)


@kernel
def reflected(i: int, n: int) -> int:
    """Index within 0 … n-1 that i falls on when the signal is mirrored at its ends, forever."""
    if n == 1:
        return 0
    i %= 2 * (n - 1)
    return i if i < n else 2 * (n - 1) - i


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
            else:
                frame[k] = signal[reflected(i, end) - begin]
    for k in range(node.length, node.length + SUM_LANES):
        frame[k] = NOTHING


@kernel
def is_silent(frame: Pointer, n: int) -> bool:
    """Whether no sample reaches serfast.features.framing.SILENCE."""
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
    """Copy that frame; zeros if it is silent, whose squares would be denormal numbers."""
    frame_at(signal, begin, end, node, middle, frame)
    if is_silent(frame, node.length):
        for i in range(node.length):
            frame[i] = NOTHING
