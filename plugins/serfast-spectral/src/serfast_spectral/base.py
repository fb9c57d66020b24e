"""What the features share: the type of their arrays, and the check of a band."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from serfast.errors import ParameterError

__all__ = ["Values", "check_band"]

Values: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]
"""An input that is an array, or the outputs, in the function of a feature."""


def check_band(fmin: float, fmax: float, sample_rate: float) -> None:
    """Raise ParameterError unless 0 <= fmin < fmax <= sample_rate / 2 [Hz]."""
    if not 0 <= fmin < fmax:
        raise ParameterError(f"fmin must be >= 0 and < fmax ({fmax:g} Hz), got {fmin:g}")
    if fmax > sample_rate / 2:
        rule = f"<= {sample_rate / 2:g} Hz (half the sample rate)"
        raise ParameterError(f"fmax must be {rule}, got {fmax:g}")
