"""The autocorrelation of a windowed frame comes from the FFT; ext/autocorrelation.pxd says how."""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiling import part
from .realfft import cosine_transform, power_spectrum
from .spectrum import condition

__all__ = ["autocorrelation"]

Pointer = Any
Record = Any
Records = Any

NOTHING = np.float32(0)


@part
def autocorrelation(
    node: Record, reals: Records, ffts: Records, passes: Records, tables: Pointer, frame: Pointer,
    out: Pointer, padded: Pointer, power: Pointer, scratch: Pointer,
) -> None:  # fmt: skip
    """Compute lags 0 … n_lags - 1 of the conditioned samples times the window."""
    real, weights = reals[node.real], tables + node.weights
    if node.conditioned:
        condition(node, frame, padded)
    else:
        for i in range(node.length):
            padded[i] = frame[i]
    for i in range(node.win_length):
        padded[i] = padded[node.start + i] * weights[i]
    for i in range(node.win_length, real.length):
        padded[i] = NOTHING
    power_spectrum(real, ffts, passes, tables, padded, tables + node.halves, power, scratch)
    cosine_transform(real, ffts, passes, tables, power, node.n_lags, out, scratch)
    scale = np.float32(0.5 / real.length)
    for i in range(node.n_lags):
        out[i] = scale * out[i]
