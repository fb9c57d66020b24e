"""The third and the fourth moment of a spectrum about its centroid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import serfast

from .base import Values

__all__ = ["SpectralKurtosis", "SpectralSkewness"]


@dataclass(frozen=True, kw_only=True)
class SpectralSkewness(serfast.SpectrumFeature):
    """How lopsided a spectrum is about its centroid; one column, > 0 with a tail to the right.

    Parameters
    ----------
    n_fft, win_length, window, preemphasis, remove_dc, power
        As in :class:`serfast.PowerSpectrum`; frequencies are weighed by magnitude by default.

    Notes
    -----
    Σ (f - c)³ S(f) / (σ³ Σ S), where c is the centroid and σ the bandwidth. Peeters, A Large Set
    of Audio Features (CUIDADO, 2004), section 6.1. It is 0 for silence, and of one bin alone. It
    agrees with the formula in float64 to 1e-3, in most frames to 1e-6: far from a tone, the noise
    of a float32 transform weighs most.

    Examples
    --------
    >>> SpectralSkewness().columns
    ('spectral_skewness',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_skewness",)

    power: float = 1.0

    @staticmethod
    def compute(spectrum: Values, frequencies: Values, out: Values) -> None:
        """m₃ / m₂^1.5, of the frequencies weighed by the spectrum."""
        total, mean, second, third = 0.0, 0.0, 0.0, 0.0
        for k in range(len(spectrum)):
            total += spectrum[k]
            mean += frequencies[k] * spectrum[k]
        mean = mean / total if total > 0 else 0.0
        for k in range(len(spectrum)):
            square = (frequencies[k] - mean) ** 2 * spectrum[k]
            second += square
            third += (frequencies[k] - mean) * square
        out[0] = third / total / math.sqrt(second / total) ** 3 if second > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class SpectralKurtosis(serfast.SpectrumFeature):
    """How peaked a spectrum is about its centroid; one column, 3 for a bell curve, 0 for silence.

    Parameters
    ----------
    n_fft, win_length, window, preemphasis, remove_dc, power
        As in :class:`serfast.PowerSpectrum`; frequencies are weighed by magnitude by default.

    Notes
    -----
    Σ (f - c)⁴ S(f) / (σ⁴ Σ S), where c is the centroid and σ the bandwidth. Peeters, A Large Set
    of Audio Features (CUIDADO, 2004), section 6.1. It is 0 of one bin alone, too. It agrees with
    the formula in float64 to 5e-3 relative, in most frames to 1e-6: far from a tone, the noise of a
    float32 transform weighs most. With ``power=2`` it is 5e-6.

    Examples
    --------
    >>> SpectralKurtosis().columns
    ('spectral_kurtosis',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_kurtosis",)

    power: float = 1.0

    @staticmethod
    def compute(spectrum: Values, frequencies: Values, out: Values) -> None:
        """m₄ / m₂², of the frequencies weighed by the spectrum."""
        total, mean, second, fourth = 0.0, 0.0, 0.0, 0.0
        for k in range(len(spectrum)):
            total += spectrum[k]
            mean += frequencies[k] * spectrum[k]
        mean = mean / total if total > 0 else 0.0
        for k in range(len(spectrum)):
            square = (frequencies[k] - mean) ** 2
            second += square * spectrum[k]
            fourth += square * square * spectrum[k]
        out[0] = fourth / second * (total / second) if second > 0 else 0.0
