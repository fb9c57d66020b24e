"""Spectral flux: how far a spectrum has moved since the row before."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .base import Rows
from .computed import SpectrumFeature, Values

__all__ = ["SpectralFlux"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpectralFlux(SpectrumFeature):
    """Distance between a row's spectrum and that of the row before; one column, 0 in the first row.

    Parameters
    ----------
    power : {1.0, 2.0}
        Whether the spectrum is magnitude |X| or power |X|².
    n_fft, win_length, window, preemphasis, remove_dc
        As in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    √(Σ (S_t - S_{t-1})²), the two-norm of Scheirer and Slaney, ICASSP 1997, 1331–1334. It is in
    the spectrum's unit and grows with the hop. It agrees with the formula in float64 to 1e-6 of the
    spectrum's norm, and costs a pass over the spectrum, which is shared.

    Examples
    --------
    >>> SpectralFlux().columns
    ('spectral_flux',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_flux",)

    power: float = 1.0

    @staticmethod
    def compute(spectrum: Values, previous_spectrum: Values, out: Values) -> None:
        """√(Σ (S_t - S_{t-1})²)."""
        total = 0.0
        for k in range(len(spectrum)):
            total += (spectrum[k] - previous_spectrum[k]) ** 2
        out[0] = math.sqrt(total)

    def tolerance(self, expected: Rows) -> Rows:
        """Say how far values may be off: 2e-5 of the largest; small changes are differences."""
        return self.limit(2e-5, np.abs(expected).max(initial=0.0), expected)
