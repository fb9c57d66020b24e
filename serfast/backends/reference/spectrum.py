"""Spectrum: the power or magnitude of windowed frames."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...program import rows as p
from .framing import heard

__all__ = ["power_spectrum"]

Array = np.ndarray[Any, np.dtype[np.float64]]


def power_spectrum(frames: Array, node: p.Spectrum) -> Array:
    """``|sum_i w[i] x[i] exp(-2πj k i / n_fft)| ** power`` for k = 0 … n_fft // 2, per frame.

    Over the window's samples x alone, and in this order: the mean goes
    (``x[i] - mean(x)``), then pre-emphasis (``x[i] - a·x[i-1]``, with x[0] standing in for
    x[-1]), then the window is multiplied on.
    """
    inside = slice(node.start, node.start + len(node.window))
    x = heard(frames)[:, inside]
    if node.remove_dc:
        x = x - np.mean(x, axis=1, keepdims=True)
    before = np.concatenate([x[:, :1], x[:, :-1]], axis=1)
    weighted = np.zeros_like(frames)
    weighted[:, inside] = (x - node.preemphasis * before) * node.window
    return np.asarray(np.abs(np.fft.rfft(weighted, axis=1)) ** node.power)
