"""What stands around the outputs of a function of one's own, and what is said when it fails.

Canaries stand before and behind a row's outputs: if they have changed when the function returns,
it has written where it must not. The same is in ext/computed.pxd, for the native back end.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...errors import FeatureWarning
from ...features.computed import Function

__all__ = ["CANARY", "GUARD", "warn_of_faults", "warn_of_rows"]

GUARD = 16
"""Floats before and behind the outputs that no function may touch."""

CANARY = np.uint32(0x5E12FA57).view(np.float32)
"""What stands there: a number, so that it is equal to itself, that hardly any function gives."""


def warn_of_rows(feature: Function, values: np.ndarray[Any, Any], first: int = 0) -> None:
    """Warn if some of a feature's values aren't finite; values[i] are those of row first + i."""
    faults = ~np.isfinite(values).all(axis=1)
    if faults.any():
        warn_of_faults(feature, first + int(faults.argmax()), int(faults.sum()))


def warn_of_faults(feature: Function, row: int, rows: int) -> None:
    """Say that a function failed after all: in row `row` first, in `rows` of this call."""
    others = f", and {rows - 1} more failures in this call" if rows > 1 else ""
    warnings.warn(
        f"compute of {type(feature).__name__} gave no finite number for {feature.columns[0]!r} "
        f"in row {row}{others}: it raised, wrote outside of out, or computed NaN or infinity",
        FeatureWarning,
        stacklevel=3,
    )
