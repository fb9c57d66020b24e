"""The MFCC stage gives the cosine transform of log-mel."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...program import rows as p

__all__ = ["cepstrum"]

Array = np.ndarray[Any, np.dtype[np.float64]]


def cepstrum(levels: Array, node: p.Cepstrum) -> Array:
    """Give the cosine transform (and lifter) of each row of log-mel, ``matrix @ row``."""
    return np.asarray(levels @ node.matrix.T)
