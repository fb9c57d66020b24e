"""The spectrum stage gives the power or magnitude of windowed frames."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.fft import rfft

from ...program import rows as p
from .framing import heard

__all__ = ["conditioned", "power_spectrum"]

Array = np.ndarray[Any, np.dtype[np.float64]]


def power_spectrum(frames: Array, node: p.Spectrum) -> Array:
    """Give ``|sum_i w[i] x[i] exp(-2πj k i / n_fft)| ** power`` for k = 0 … n_fft // 2, per frame.

    x are only the samples under the window; they are conditioned before windowing.
    """
    inside = slice(node.start, node.start + len(node.window))
    x = conditioned(heard(frames)[:, inside], node.remove_dc, node.preemphasis)
    weighted = np.zeros_like(frames)
    weighted[:, inside] = x * node.window
    return np.asarray(np.abs(rfft(weighted, node.transform.length, axis=1)) ** node.power)


def conditioned(x: Array, remove_dc: bool, preemphasis: float) -> Array:
    """Give each row minus its mean, then ``x[i] - a·x[i-1]``, where x[0] stands for x[-1]."""
    if remove_dc:
        x = x - np.mean(x, axis=1, keepdims=True)
    before = np.concatenate([x[:, :1], x[:, :-1]], axis=1)
    return np.asarray(x - preemphasis * before)
