"""Mel: the logarithm of the power in bands, which itself is ``weights @ spectrum``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...program import rows as p

__all__ = ["logarithm"]

Array = np.ndarray[Any, np.dtype[np.float64]]


def logarithm(mel: Array, node: p.Log) -> Array:
    """``scale · ln(max(amin, S)) - offset`` of a whole recording, shape (n_rows, n_mels).

    `relative` subtracts the recording's largest value, `top` then raises everything to at least
    that much below the largest.
    """
    levels = node.scale * np.log(np.maximum(node.amin, mel)) - node.offset
    if node.relative:
        levels = levels - levels.max()
    if node.top is not None:
        levels = np.maximum(levels, levels.max() - node.top)
    return np.asarray(levels)
