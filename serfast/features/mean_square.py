"""The mean square is the power of a frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .base import Rows
from .computed import FrameFeature, Values

__all__ = ["MeanSquare"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MeanSquare(FrameFeature):
    """It is the mean of a frame's squared samples: one column, in the square of the signal's unit.

    Parameters
    ----------
    frame_length : int
        A frame has this many samples, >= 1.

    Notes
    -----
    The formula is Σ x² / n, the square of :class:`serfast.RMS`; pyAudioAnalysis calls it energy. It
    agrees with the formula in float64 to 1e-6 relative, and costs a pass over the frame.

    Examples
    --------
    >>> MeanSquare(frame_length=400, name="energy").columns
    ('energy',)
    """

    unit: ClassVar[str] = "amplitude^2"
    outputs: ClassVar[tuple[str, ...]] = ("mean_square",)

    @staticmethod
    def compute(frame: Values, out: Values) -> None:
        """Compute Σ x² / n."""
        total = 0.0
        for i in range(len(frame)):
            total += float(frame[i]) * float(frame[i])
        out[0] = total / len(frame)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 4e-6 of each value, because back ends add float32 numbers in different orders."""
        return self.limit(4e-6, np.abs(expected), expected)
