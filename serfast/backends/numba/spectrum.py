"""The spectrum stage conditions, windows and transforms a frame, for its power or magnitude."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .compiling import kernel, part
from .energy import lane_sum
from .framing import SUM_LANES
from .realfft import power_spectrum

__all__ = ["spectrum"]

Pointer = Any
Record = Any
Records = Any

NOTHING = np.float32(0)


@kernel
def condition(node: Record, frame: Pointer, y: Pointer) -> None:
    """Compute the samples minus their mean, then x[i] - preemphasis · x[i-1]; fill with zeros."""
    x, n = frame + node.start, node.win_length
    mean = NOTHING
    if node.remove_dc:
        for i in range(n):
            y[i] = x[i]
        for i in range(n, n + SUM_LANES):
            y[i] = NOTHING
        mean = lane_sum(y, n, False) / np.float32(n)
    for i in range(node.length):
        y[i] = NOTHING
    inside = y + node.start
    inside[0] = (x[0] - mean) - node.preemphasis * (x[0] - mean)
    for i in range(1, n):
        inside[i] = (x[i] - mean) - node.preemphasis * (x[i - 1] - mean)


@part
def spectrum(
    node: Record, reals: Records, ffts: Records, passes: Records, tables: Pointer,
    frame: Pointer, power: Pointer, conditioned: Pointer, scratch: Pointer,
) -> None:  # fmt: skip
    """Compute |Σ w x exp(-2πi k n / N)|² or its root; zeros follow, as whole vectors are read."""
    x = frame
    if node.conditioned:
        condition(node, frame, conditioned)
        for i in range(node.length, reals[node.real].length):
            conditioned[i] = NOTHING
        x = conditioned
    window = tables + node.window
    power_spectrum(reals[node.real], ffts, passes, tables, x, window, power, scratch)
    if node.magnitude:
        for k in range(node.bins):
            power[k] = math.sqrt(power[k])
    for k in range(node.bins, node.bins + SUM_LANES):
        power[k] = NOTHING
