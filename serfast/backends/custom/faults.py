"""Faults of users' functions are noticed by values around their outputs, and reported here.

These values, canaries, stand before and after a row's outputs. If they have changed when the
function returns, it has written where it must not. ext/computed.pxd does the same for the native
back end.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...errors import FeatureWarning
from ...features.computed import Function

__all__ = ["CANARY", "GUARD", "warn_of_faults", "warn_of_rows"]

GUARD = 16
"""So many floats before and after the outputs must stay unchanged."""

CANARY = np.uint32(0x5E12FA57).view(np.float32)
"""It stands there. It is a number (NaN isn't equal to itself) that hardly any function gives."""


def warn_of_rows(feature: Function, values: np.ndarray[Any, Any], first: int = 0) -> None:
    """Warn if some of a feature's values aren't finite; values[i] belong to row first + i."""
    faults = ~np.isfinite(values).all(axis=1)
    if faults.any():
        warn_of_faults(feature, first + int(faults.argmax()), int(faults.sum()))


def warn_of_faults(feature: Function, row: int, rows: int) -> None:
    """Warn that a function failed in `rows` rows of this call, first in row `row`.

    A feature whose NaN was asked for has no fault.
    """
    if feature.gives_nan:
        return
    others = f", and {rows - 1} more failures in this call" if rows > 1 else ""
    warnings.warn(
        f"compute of {type(feature).__name__} gave no finite number for {feature.columns[0]!r} "
        f"in row {row}{others}: it raised, wrote outside of out, or computed NaN or infinity",
        FeatureWarning,
        stacklevel=3,
    )
