"""Spectral entropy tells how even a spectrum is, by the information of its bins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .base import Rows, check_floor
from .computed import SpectrumFeature, Values

__all__ = ["SpectralEntropy"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpectralEntropy(SpectrumFeature):
    """It is the entropy of the spectrum as a distribution over bins: one column, 0 for a tone to 1.

    Parameters
    ----------
    amin : float
        Smaller bins are raised to it, >= 1.2e-38 (the smallest normal float32). So silence counts
        as an even spectrum.
    power : {1.0, 2.0}
        The spectrum is magnitude |X| (1) or power |X|² (2).
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The formula is -Σ p ln p / ln n over n bins, with p = S / Σ S. The source is Misra, Ikbal,
    Bourlard and Hermansky, ICASSP 2004, 193–196; the division by ln n, the largest value, is added
    here. It agrees with the formula in float64 to 1e-5. It costs a logarithm for each bin.

    Examples
    --------
    >>> SpectralEntropy().columns
    ('spectral_entropy',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_entropy",)
    unit: ClassVar[str] = "1"

    amin: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        check_floor(self.amin)

    @staticmethod
    def compute(spectrum: Values, amin: float, out: Values) -> None:
        """Compute -Σ p ln p = ln Σ S - Σ S ln S / Σ S, divided by ln n."""
        weighted, total = 0.0, 0.0
        for k in range(len(spectrum)):
            value = max(float(spectrum[k]), amin)
            weighted += value * math.log(value)
            total += value
        out[0] = (math.log(total) - weighted / total) / math.log(len(spectrum))

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-5, which is the rounding of logarithms."""
        return self.limit(2e-5, 1.0, expected)
