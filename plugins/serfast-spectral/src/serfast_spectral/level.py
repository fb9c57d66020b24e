"""How even the spectrum is: flatness and entropy."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .base import FlooredFeature, Values

__all__ = ["SpectralEntropy", "SpectralFlatness"]


@dataclass(frozen=True, kw_only=True)
class SpectralFlatness(FlooredFeature):
    """Geometric over arithmetic mean of the power; 0 for a tone to 1 for an even spectrum.

    Parameters
    ----------
    amin : float
        Power below it counts as this much, > 0: silence is even.
    n_fft, win_length, window, preemphasis, remove_dc
        As in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    ``librosa.feature.spectral_flatness`` to 5e-3 relative, in most frames 1e-6: a tone's weakest
    bins, 120 dB and more below it, hold float32's noise, and their logarithms count like others.
    Dubnov, IEEE Signal Processing Letters 11 (2004), 698–701.

    Examples
    --------
    >>> SpectralFlatness().columns
    ('spectral_flatness',)
    """

    outputs = ("spectral_flatness",)

    @staticmethod
    def compute(spectrum: Values, amin: float, out: Values) -> None:
        """exp(mean ln P) / mean P."""
        logarithms, total = 0.0, 0.0
        for k in range(len(spectrum)):
            power = max(float(spectrum[k]), amin)
            logarithms += math.log(power)
            total += power
        n = len(spectrum)
        out[0] = math.exp(logarithms / n) / (total / n)


@dataclass(frozen=True, kw_only=True)
class SpectralEntropy(FlooredFeature):
    """Entropy of the power as a distribution over bins, 0 for a tone to 1 for an even spectrum.

    Parameters
    ----------
    amin : float
        Power below it counts as this much, > 0: silence is even.
    n_fft, win_length, window, preemphasis, remove_dc
        As in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    -Σ p ln p / ln n over n bins, with p = P / Σ P. Misra, Ikbal, Bourlard and Hermansky, ICASSP
    2004, 193–196; the division by ln n, its largest value, is ours.

    Examples
    --------
    >>> SpectralEntropy().columns
    ('spectral_entropy',)
    """

    outputs = ("spectral_entropy",)

    @staticmethod
    def compute(spectrum: Values, amin: float, out: Values) -> None:
        """-Σ p ln p = ln Σ P - Σ P ln P / Σ P, over ln n."""
        weighted, total = 0.0, 0.0
        for k in range(len(spectrum)):
            power = max(float(spectrum[k]), amin)
            weighted += power * math.log(power)
            total += power
        out[0] = (math.log(total) - weighted / total) / math.log(len(spectrum))
