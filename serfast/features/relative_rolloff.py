"""The relative roll-off tells below which share of half the sample rate most of the power lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .. import _checks as checks
from .base import Rows
from .computed import SpectrumFeature, Values

__all__ = ["RelativeRolloff"]

EPSILON = 2.0**-52
"""It is added to each sum, as in pyAudioAnalysis."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RelativeRolloff(SpectrumFeature):
    """It is the bin up to which there is a share of the spectrum's sum, over the number of bins.

    One column, 0 to 1; it is 0 for silence.

    Parameters
    ----------
    share : float
        It is a share of the spectrum's sum, 0 < share < 1.
    power : {1.0, 2.0}
        The spectrum is magnitude |X| (1) or power |X|² (2).
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    It is k / K for the first k with Σ_{j <= k} S(j) + ε > share · Σ S, over the first K = n_fft//2
    bins, with S = |X / K|² (or |X| / K) and ε = 2⁻⁵². :class:`serfast.SpectralRolloff` is that of
    all bins [Hz]. The source is Giannakopoulos and Pikrakis, Introduction to Audio Analysis (2014),
    section 4.4.4, as pyAudioAnalysis has it. Where a sum is equal to the threshold within float32's
    rounding, it may be the next bin. It costs a pass over the spectrum, which is shared.

    Examples
    --------
    >>> RelativeRolloff(n_fft=400).columns
    ('relative_rolloff',)
    """

    unit: ClassVar[str] = "1"
    outputs: ClassVar[tuple[str, ...]] = ("relative_rolloff",)
    forgiven: ClassVar[float] = 1 / 8

    share: float = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.share < 1:
            checks.fail("share", "> 0 and < 1", self.share)

    @staticmethod
    def compute(spectrum: Values, share: float, power: float, out: Values) -> None:
        """Find the first k with Σ_{j <= k} S(j) + ε > share · Σ S."""
        n = len(spectrum) - 1
        total = 0.0
        for k in range(n):
            total += spectrum[k]
        wanted = share * total - EPSILON * float(n) ** power
        k, below = 0, float(spectrum[0])
        while k + 1 < n and not below > wanted:
            k += 1
            below += spectrum[k]
        out[0] = k / n

    def tolerance(self, expected: Rows) -> Rows:
        """Allow rounding alone; rows in which a tie leads to the next bin are forgiven."""
        return self.limit(1e-6, 1.0, expected)
