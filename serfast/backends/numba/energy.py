"""The energy stage computes root mean square and zero-crossing rate of a frame."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .compiling import kernel
from .framing import SUM_LANES
from .lanes import load, splat, total

__all__ = ["lane_sum", "rms", "zero_crossing_rate"]

Pointer = Any
Record = Any

NOTHING = np.float32(0)


@kernel
def lane_sum(x: Pointer, n: int, square: bool) -> Any:
    """Give the sum of x[0 … n-1] or of their squares over 32 lanes; zeros must fill the last 32."""
    a = b = c = d = splat(NOTHING)
    for i in range(0, n, SUM_LANES):
        e, f, g, h = load(x, i), load(x, i + 8), load(x, i + 16), load(x, i + 24)
        a += e * e if square else e
        b += f * f if square else f
        c += g * g if square else g
        d += h * h if square else h
    return total((a + c) + (b + d))


@kernel
def rms(node: Record, frame: Pointer, row: Pointer) -> None:
    """Compute RMS = scale · √(Σ x² / n)."""
    power = lane_sum(frame, node.length, True) / np.float32(node.length)
    row[node.column] = node.scale * math.sqrt(power)


@kernel
def zero_crossing_rate(node: Record, frame: Pointer, row: Pointer) -> None:
    """Count sign changes in the frame, divided by its length; |x| <= threshold is positive."""
    changes = 0
    for i in range(1, node.length):
        changes += (frame[i] < -node.threshold) != (frame[i - 1] < -node.threshold)
    row[node.column] = changes / node.length
