"""The spectral slope tells how steeply the levels of a band rise or fall with the frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from .. import _checks as checks
from .band_ratio import bins_between, check_power
from .base import Rows, check_floor
from .computed import SpectrumFeature, Values
from .mel import DECIBEL

__all__ = ["SpectralSlope"]

Table = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpectralSlope(SpectrumFeature):
    """It is the slope of a line through the levels of a band [dB/kHz], one column; 0 in silence.

    Parameters
    ----------
    lo, hi : float
        The line goes through the bins with lo <= f <= hi [Hz]; 0 <= lo < hi, and `hi` is at most
        half the sample rate.
    fit : {"least_squares", "opensmile"}
        "opensmile" leaves one bin out of the count in the sums, and lets a bin at an edge of the
        band count in part. So its slope is steeper, and depends on the gain.
    per_hz : float
        The slope is that over this many hertz, > 0: 1000 gives dB/kHz, and 1 gives dB/Hz.
    amin : float
        A smaller power is raised to it before the logarithm, >= 1.2e-38.
    power : {2.0}
        The spectrum is of powers |X|².
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The line is that of least squares: Σ (f - mean f) L / Σ (f - mean f)², with the levels
    L = 10 log10 |X|². eGeMAPS takes 0 to 500 and 500 to 1500 Hz. The source is Eyben et al., IEEE
    Trans. Affective Computing 7 (2016), 190–202. openSMILE's slope is ``fit="opensmile"`` with
    ``per_hz=1``: Σ L_k (N f_k w_k - w_k F) / (N Σ (f_k w_k)² - F²), with F = Σ f_k w_k, the weights
    w_k of the bins, and N one less than their number. A band of one bin, or of none,
    has the slope 0. It agrees with NumPy's ``polyfit`` in float64 to 1e-3 dB/kHz on speech. It
    costs a logarithm for each bin of the band.

    Examples
    --------
    >>> SpectralSlope(lo=500, hi=1500).columns
    ('spectral_slope_500_1500',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_slope",)
    unit: ClassVar[str] = "dB/kHz"
    forgiven: ClassVar[float] = 1 / 8

    lo: float = 0.0
    hi: float = 500.0
    amin: float = 1e-10
    fit: Literal["least_squares", "opensmile"] = "least_squares"
    per_hz: float = 1000.0

    def __post_init__(self) -> None:
        checks.number("lo", self.lo, minimum=0)  # the name of the column needs both
        if not self.lo < checks.number("hi", self.hi):
            checks.fail("hi", f"> {self.lo:g} Hz (lo)", self.hi)
        super().__post_init__()
        check_power(self.power)
        check_floor(self.amin)
        checks.choice("fit", self.fit, ("least_squares", "opensmile"))
        checks.number("per_hz", self.per_hz, above=0)

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.name or f"{self.outputs[0]}_{self.lo:g}_{self.hi:g}",)

    def check(self, sample_rate: float) -> None:
        if self.hi > sample_rate / 2:
            checks.fail("hi", f"<= {sample_rate / 2:g} Hz (half the sample rate)", self.hi)

    def table(self, sample_rate: float) -> Table:
        """Give the first bin, the slope per unit of the weighted sum, the weights, and an offset.

        The weights count from the middle of the band, so they are exact in float32. The offset is
        what the floor adds to the weighted sum, 0 if the weights add up to 0.
        """
        if self.fit == "opensmile":
            return self._opensmile_table(sample_rate)
        begin, end = bins_between(self.n_fft, sample_rate, self.lo, self.hi)
        n = end - begin
        weights = np.arange(n) - (n - 1) / 2
        per_bin = sample_rate / self.n_fft / self.per_hz
        scale = DECIBEL / (per_bin * np.sum(weights**2)) if n > 1 else 0.0
        return np.concatenate([[begin, scale], weights, [0.0]])

    def _opensmile_table(self, sample_rate: float) -> Table:
        """Give the same for the sums that leave one bin out of the count."""
        width = sample_rate / self.n_fft
        first, last = self.lo / width, self.hi / width
        begin, n = int(first), int(last) - int(first)
        share = np.ones(n + 1)
        if first > int(first):
            share[0] = 1 - (first - int(first))
        if last > int(last):
            share[-1] = last - int(last)
        x = share * (np.arange(n + 1) + begin) * width
        below = n * np.sum(x**2) - np.sum(x) ** 2
        weights = (n * x - share * np.sum(x)) * width
        scale = DECIBEL * self.per_hz / (below * width) if below > 0 else 0.0
        return np.concatenate([[begin, scale], weights, [np.sum(weights) * np.log(self.amin)]])

    @staticmethod
    def compute(spectrum: Values, table: Values, amin: float, out: Values) -> None:
        """Compute Σ (f - mean f) L / Σ (f - mean f)²."""
        begin, n = int(table[0]), len(table) - 3
        total = float(table[n + 2])
        for i in range(n):
            # Levels above amin, because silence then gives exactly 0.
            total += table[2 + i] * np.log(max(float(spectrum[begin + i]) / amin, 1.0))
        out[0] = table[1] * total

    def tolerance(self, expected: Rows) -> Rows:
        """Allow what 0.002 dB of each bin make of the slope; rows of bins in noise are forgiven."""
        kilohertz = self.per_hz / 1000
        return self.limit(2e-3 * 3000 / (self.hi - self.lo) * kilohertz, 1.0, expected)
