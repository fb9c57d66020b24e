"""Spectral entropy: how even a spectrum is, by the information of its bins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .base import Rows, check_floor
from .computed import SpectrumFeature, Values

__all__ = ["SpectralEntropy"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpectralEntropy(SpectrumFeature):
    """Entropy of the spectrum as a distribution over bins; one column, 0 for a tone to 1.

    Parameters
    ----------
    amin : float
        Bins below it count as this much, >= 1.2e-38 (the smallest normal float32): silence is even.
    power : {1.0, 2.0}
        Whether the spectrum is magnitude |X| or power |X|².
    n_fft, win_length, window, preemphasis, remove_dc
        As in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    -Σ p ln p / ln n over n bins, with p = S / Σ S. Misra, Ikbal, Bourlard and Hermansky, ICASSP
    2004, 193–196; the division by ln n, its largest value, is ours. It agrees with the formula in
    float64 to 1e-5. It costs a logarithm a bin.

    Examples
    --------
    >>> SpectralEntropy().columns
    ('spectral_entropy',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_entropy",)

    amin: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        check_floor(self.amin)

    @staticmethod
    def compute(spectrum: Values, amin: float, out: Values) -> None:
        """-Σ p ln p = ln Σ S - Σ S ln S / Σ S, over ln n."""
        weighted, total = 0.0, 0.0
        for k in range(len(spectrum)):
            value = max(float(spectrum[k]), amin)
            weighted += value * math.log(value)
            total += value
        out[0] = (math.log(total) - weighted / total) / math.log(len(spectrum))

    def tolerance(self, expected: Rows) -> Rows:
        """Say how far values may be off: 2e-5, the rounding of logarithms."""
        return self.limit(2e-5, 1.0, expected)
