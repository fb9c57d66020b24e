"""Tables of the pitch stage: which lags YIN looks at."""

from __future__ import annotations

import math
import warnings

__all__ = ["lag_range"]


def lag_range(
    *, sample_rate: float, fmin: float, fmax: float, frame_length: int
) -> tuple[int, int]:
    """Shortest and longest lag [samples] for F0 from fmax down to fmin [Hz].

    Warns when two periods of fmin don't fit into a frame: the difference function of the longest
    lags then compares too few samples.

    Examples
    --------
    >>> lag_range(sample_rate=16000, fmin=65, fmax=600, frame_length=1024)
    (26, 247)
    """
    if sample_rate / fmin >= frame_length // 2:
        warnings.warn(
            f"frame_length should hold two periods of fmin ({2 * sample_rate / fmin:.0f} samples), "
            f"got {frame_length}: pitch near fmin is unreliable",
            stacklevel=2,
        )
    return math.floor(sample_rate / fmax), min(math.ceil(sample_rate / fmin), frame_length - 1)
