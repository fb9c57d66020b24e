"""The relative flux tells how much the shape of a spectrum has changed since the row before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .base import Rows
from .computed import SpectrumFeature, Values

__all__ = ["RelativeFlux"]

EPSILON = 2.0**-52
"""It is added to each bin of a sum, as in pyAudioAnalysis."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RelativeFlux(SpectrumFeature):
    """It is the squared distance of two spectra of the sum 1: one column, 0 in the first row.

    Parameters
    ----------
    power : {1.0, 2.0}
        The spectrum is magnitude |X| (1) or power |X|² (2).
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    The formula is Σ (S_t / Σ (S_t + ε) - S_{t-1} / Σ (S_{t-1} + ε))² over the first K = n_fft // 2
    bins, with S = |X| / K (or its square) and ε = 2⁻⁵². A gain doesn't matter; in
    :class:`serfast.SpectralFlux` it does. The source is Giannakopoulos and Pikrakis, Introduction
    to Audio Analysis (2014), section 4.4.3, as pyAudioAnalysis has it. It agrees with the formula
    in float64 to 1e-5 of the largest value, and costs two passes over the spectrum, which is
    shared.

    Examples
    --------
    >>> RelativeFlux(n_fft=400).columns
    ('relative_flux',)
    """

    unit: ClassVar[str] = "1"
    outputs: ClassVar[tuple[str, ...]] = ("relative_flux",)

    power: float = 1.0

    @staticmethod
    def compute(spectrum: Values, previous_spectrum: Values, power: float, out: Values) -> None:
        """Compute Σ (S_t / Σ S_t - S_{t-1} / Σ S_{t-1})²."""
        n = len(spectrum) - 1
        here = before = EPSILON * n * float(n) ** power
        for k in range(n):
            here += spectrum[k]
            before += previous_spectrum[k]
        flux = 0.0
        for k in range(n):
            flux += (spectrum[k] / here - previous_spectrum[k] / before) ** 2
        out[0] = flux

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-5 of the largest value: a small one is the difference of two large numbers."""
        return self.limit(2e-5, np.abs(expected).max(initial=0.0), expected)
