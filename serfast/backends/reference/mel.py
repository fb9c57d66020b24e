"""The mel stage gives the logarithm of the power in bands, which is ``weights @ spectrum``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...program import rows as p

__all__ = ["logarithm"]

Array = np.ndarray[Any, np.dtype[np.float64]]


def logarithm(mel: Array, node: p.Log) -> Array:
    """Give ``scale · ln(max(amin, S + added)) - offset`` of a recording, shape (n_rows, n_mels).

    With `relative` the recording's largest value is subtracted. Then `top` raises all values to at
    least that much below the largest.
    """
    levels = node.scale * np.log(np.maximum(node.amin, mel + node.added)) - node.offset
    if node.relative:
        levels = levels - levels.max()
    if node.top is not None:
        levels = np.maximum(levels, levels.max() - node.top)
    return np.asarray(levels)
