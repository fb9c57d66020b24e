"""The energy stage gives root mean square and zero-crossing rate of frames."""

from __future__ import annotations

from typing import Any

import numpy as np

from .framing import heard

__all__ = ["rms", "zero_crossing_rate"]

Array = np.ndarray[Any, np.dtype[np.float64]]


def rms(frames: Array, scale: float) -> Array:
    """Give ``scale · sqrt(mean(x²))`` of each frame."""
    return np.asarray(scale * np.sqrt(np.mean(heard(frames) ** 2, axis=1)))


def zero_crossing_rate(frames: Array, threshold: float) -> Array:
    """Give the share of samples whose sign differs from that of the sample before, per frame.

    Samples within ±threshold are zero, and zero is positive. No sample stands before the first one
    of a frame, so it never counts as a crossing; but it counts in the length.
    """
    negative = frames < -threshold
    changes = negative[:, 1:] != negative[:, :-1]
    return np.asarray(changes.sum(axis=1) / frames.shape[1])
