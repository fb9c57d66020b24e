"""The energy stage gives root mean square and zero-crossing rate; it needs no tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .. import _checks as checks
from .base import Feature, Planner, Quantity, Rows
from .framing import PadMode

__all__ = ["RMS", "ZeroCrossingRate"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RMS(Feature):
    """RMS is the root mean square of a frame: one column, in the signal's unit.

    Parameters
    ----------
    frame_length : int
        A frame has this many samples, >= 1.

    Notes
    -----
    It is ``sqrt(sum(x²) / frame_length)`` and agrees with ``librosa.feature.rms`` to 1e-6
    relative.

    Examples
    --------
    >>> RMS(frame_length=400).columns
    ('rms',)
    """

    prefix: ClassVar[str] = "rms"
    unit: ClassVar[str] = "amplitude"
    quantity: ClassVar[Quantity] = "amplitude"

    frame_length: int = 512

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("frame_length", self.frame_length)

    @property
    def length(self) -> int:
        return self.frame_length

    def plan(self, planner: Planner, column: int) -> None:
        planner.rms(self, column)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-6 of each value, because back ends add float32 numbers in different orders."""
        return self.limit(2e-6, np.abs(expected), expected)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ZeroCrossingRate(RMS):
    """It is the share of a frame's samples at which the sign changes: one column, 0 to 1.

    Parameters
    ----------
    frame_length : int
        A frame has this many samples, >= 1.
    threshold : float
        Samples within ±threshold count as zero, and zero counts as positive.

    Notes
    -----
    It equals ``librosa.feature.zero_crossing_rate``. librosa's padding ("edge", which adds no
    crossings) is the default here too.

    Examples
    --------
    >>> ZeroCrossingRate().pad_mode
    'edge'
    """

    prefix: ClassVar[str] = "zcr"
    unit: ClassVar[str] = "1"
    quantity: ClassVar[Quantity] = "number"

    pad_mode: PadMode | None = "edge"
    threshold: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number("threshold", self.threshold, minimum=0)

    def plan(self, planner: Planner, column: int) -> None:
        planner.crossings(self, column)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 1e-6, which is more than the rounding of a count divided by a length."""
        return self.limit(1e-6, 1.0, expected)
