"""Spectral decrease: how a spectrum falls, with more weight on its low bins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import serfast

from .base import Values

__all__ = ["SpectralDecrease"]


@dataclass(frozen=True, kw_only=True)
class SpectralDecrease(serfast.SpectrumFeature):
    """Mean slope of a spectrum from its lowest bin to each other one; one column, 0 for silence.

    Parameters
    ----------
    n_fft, win_length, window, preemphasis, remove_dc, power
        As in :class:`serfast.PowerSpectrum`; the spectrum is magnitude by default.

    Notes
    -----
    Σ_{k >= 1} (S(k) - S(0)) / k / Σ_{k >= 1} S(k), over bins counted from 0. Peeters, A Large Set
    of Audio Features (CUIDADO, 2004), section 6.1. It is below 0 if the lowest bin is the largest.

    Examples
    --------
    >>> SpectralDecrease().columns
    ('spectral_decrease',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_decrease",)

    power: float = 1.0

    @staticmethod
    def compute(spectrum: Values, out: Values) -> None:
        """Σ (S(k) - S(0)) / k / Σ S(k)."""
        slopes, total = 0.0, 0.0
        for k in range(1, len(spectrum)):
            slopes += (float(spectrum[k]) - float(spectrum[0])) / k
            total += spectrum[k]
        out[0] = slopes / total if total > 0 else 0.0
