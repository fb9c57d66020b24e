"""How the spectrum moves: flux."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .base import PowerFeature, Values

__all__ = ["SpectralFlux"]


@dataclass(frozen=True, kw_only=True)
class SpectralFlux(PowerFeature):
    """Distance between a row's magnitudes and those of the row before; 0 in the first row.

    Parameters
    ----------
    n_fft, win_length, window, preemphasis, remove_dc
        As in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    √(Σ (|X_t| - |X_{t-1}|)²), the two-norm of Scheirer and Slaney, ICASSP 1997, 1331–1334. It is
    in the signal's unit and grows with the hop.

    Examples
    --------
    >>> SpectralFlux().columns
    ('spectral_flux',)
    """

    outputs = ("spectral_flux",)

    @staticmethod
    def compute(spectrum: Values, previous_spectrum: Values, out: Values) -> None:
        """√(Σ (|X_t| - |X_{t-1}|)²)."""
        total = 0.0
        for k in range(len(spectrum)):
            total += (math.sqrt(spectrum[k]) - math.sqrt(previous_spectrum[k])) ** 2
        out[0] = math.sqrt(total)
