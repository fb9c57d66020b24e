"""Spectral flux tells how much a spectrum has changed since the row before."""

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
    """It is the distance of a row's spectrum from the row before: one column, 0 in the first row.

    Parameters
    ----------
    power : {1.0, 2.0}
        The spectrum is magnitude |X| (1) or power |X|² (2).
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The formula is √(Σ (S_t - S_{t-1})²), the two-norm of Scheirer and Slaney, ICASSP 1997,
    1331–1334. It is in the spectrum's unit and grows with the hop. It agrees with the formula in
    float64 to 1e-6 of the spectrum's norm, and costs a pass over the spectrum, which is shared.

    Examples
    --------
    >>> SpectralFlux().columns
    ('spectral_flux',)
    """

    outputs: ClassVar[tuple[str, ...]] = ("spectral_flux",)

    power: float = 1.0

    @staticmethod
    def compute(spectrum: Values, previous_spectrum: Values, out: Values) -> None:
        """Compute √(Σ (S_t - S_{t-1})²)."""
        total = 0.0
        for k in range(len(spectrum)):
            total += (spectrum[k] - previous_spectrum[k]) ** 2
        out[0] = math.sqrt(total)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-5 of the largest value: a small one is the difference of two large numbers."""
        return self.limit(2e-5, np.abs(expected).max(initial=0.0), expected)
