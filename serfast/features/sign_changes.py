"""The rate of sign changes counts a step onto or off zero as half a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .. import _checks as checks
from .base import Rows
from .computed import FrameFeature, Values

__all__ = ["SignChangeRate"]

TINY = 2.0**-126
"""Smaller samples count as 0: it is the smallest normal float32."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SignChangeRate(FrameFeature):
    """It is the share of a frame's pairs of neighbours whose signs differ: one column, 0 to 1.

    Parameters
    ----------
    frame_length : int
        A frame has this many samples, >= 2.

    Notes
    -----
    The formula is Σ |sgn x[i] - sgn x[i-1]| / 2 / (n - 1), in which a sample of 0 has the sign 0.
    In :class:`serfast.ZeroCrossingRate`, as in librosa, 0 counts as positive and the divisor is n.
    The source is Giannakopoulos and Pikrakis, Introduction to Audio Analysis (2014), section 4.3.2;
    pyAudioAnalysis has it so. It is exact, and costs two comparisons for each sample.

    Examples
    --------
    >>> SignChangeRate(frame_length=400).columns
    ('sign_change_rate',)
    """

    unit: ClassVar[str] = "1"
    outputs: ClassVar[tuple[str, ...]] = ("sign_change_rate",)

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("frame_length", self.frame_length, 2)

    @staticmethod
    def compute(frame: Values, out: Values) -> None:
        """Compute Σ |sgn x[i] - sgn x[i-1]| / 2 / (n - 1)."""
        changes, before = 0, 0
        for i in range(len(frame)):
            sign = 1 if frame[i] >= TINY else -1 if frame[i] < -TINY else 0
            changes += abs(sign - before) if i > 0 else 0
            before = sign
        out[0] = changes / (2.0 * (len(frame) - 1))

    def tolerance(self, expected: Rows) -> Rows:
        """Allow the rounding of a count divided by a length."""
        return self.limit(1e-6, 1.0, expected)
