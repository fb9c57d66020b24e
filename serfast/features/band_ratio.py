"""A band ratio tells how many decibels a lower band of the spectrum has above a higher one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows, check_floor
from .computed import SpectrumFeature

__all__ = ["BandRatio", "bins_between", "check_power"]

Table = np.ndarray[Any, np.dtype[np.float64]]


def bins_between(
    n_fft: int, sample_rate: float, low: float, high: float, closed: bool = True
) -> tuple[int, int]:
    """Give the first bin with low <= f <= high, and the bin behind the last one.

    Without such a bin both are 0. With ``closed=False`` the bin at `high` is left out.

    Examples
    --------
    >>> bins_between(512, 16000, 0, 500), bins_between(512, 16000, 0, 500, closed=False)
    ((0, 17), (0, 16))
    """
    frequencies = np.arange(n_fft // 2 + 1) * sample_rate / n_fft
    below = frequencies <= high if closed else frequencies < high
    inside = np.flatnonzero((frequencies >= low) & below)
    return (int(inside[0]), int(inside[-1]) + 1) if len(inside) else (0, 0)


def check_power(power: float) -> None:
    """Raise ParameterError unless a spectrum is of powers, which decibels are of."""
    if power != 2:
        checks.fail("power", "2.0 for a level in decibels", power)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BandRatio(SpectrumFeature):
    """:class:`serfast.AlphaRatio` and :class:`serfast.HammarbergIndex` share these fields.

    Parameters
    ----------
    fmin, split, fmax : float
        The lower band has the bins with fmin <= f < split, and the higher one those with
        split <= f <= fmax [Hz].
    amin : float
        The value of a band is raised to it before the logarithm, >= 1.2e-38.

    Examples
    --------
    >>> import serfast
    >>> serfast.AlphaRatio(split=1500.0).fmax
    5000.0
    """

    outputs: ClassVar[tuple[str, ...]] = ("band_ratio",)
    unit: ClassVar[str] = "dB"

    fmin: float = 0.0
    split: float = 1000.0
    fmax: float = 5000.0
    amin: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        check_power(self.power)
        checks.number("fmin", self.fmin, minimum=0)
        if not self.fmin < checks.number("split", self.split):
            checks.fail("split", f"> {self.fmin:g} Hz (fmin)", self.split)
        if not self.split < checks.number("fmax", self.fmax):
            checks.fail("fmax", f"> {self.split:g} Hz (split)", self.fmax)
        check_floor(self.amin)

    def check(self, sample_rate: float) -> None:
        if self.split >= sample_rate / 2:
            rule = f"< {sample_rate / 2:g} Hz (half the sample rate)"
            checks.fail("split", rule, self.split)

    def table(self, sample_rate: float) -> Table:
        """Give the first bin and the end of each band; all are 0 if one of the bands is empty."""
        low = bins_between(self.n_fft, sample_rate, self.fmin, self.split, closed=False)
        high = bins_between(self.n_fft, sample_rate, self.split, self.fmax)
        both = low[0] < low[1] and high[0] < high[1]
        return np.array((*low, *high) if both else (0, 0, 0, 0), dtype=np.float64)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.002 dB, which is float32's noise in a band 60 dB below the frame's peak."""
        return self.limit(2e-3, 1.0, expected)
