"""Spectral contrast tells how far peaks stand above valleys, in each band."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows, check_floor, power_unit
from .computed import SpectrumFeature, Values
from .mel import DECIBEL

__all__ = ["SpectralContrast", "bins_of_bands", "octave_bands"]


Table = np.ndarray[Any, np.dtype[np.float64]]


def octave_bands(
    n_fft: int, sample_rate: float, fmin: float, n_bands: int, quantile: float
) -> Table:
    """Give the bins of each band of a transform's spectrum, as :func:`bins_of_bands` does.

    Examples
    --------
    >>> octave_bands(512, 16000, 200, 6, 0.02)[:2].tolist()
    [[0.0, 6.0, 1.0], [6.0, 6.0, 1.0]]
    """
    # NumPy's formula rounds the frequencies as librosa rounds them.
    step = 1 / (n_fft * (1 / sample_rate))
    frequencies = np.asarray(np.arange(n_fft // 2 + 1) * step, np.float64)
    return bins_of_bands(frequencies, fmin, n_bands, quantile)


def bins_of_bands(frequencies: Table, fmin: float, n_bands: int, quantile: float) -> Table:
    """Give the bins and the number of extremes of each band.

    The first band lies below `fmin`, and each other band is an octave above the one before. The
    edges are librosa's: each band but the first begins a bin below its edge, each but the last
    leaves out its highest bin, and the last one reaches to the highest frequency.

    Parameters
    ----------
    frequencies : ndarray of float64
        These are the frequencies of the bins [Hz], ascending.
    fmin, n_bands, quantile
        They mean the same as in :class:`SpectralContrast`.

    Returns
    -------
    ndarray of float64, shape (n_bands + 1, 3)
        A row holds the first bin, the number of bins, and how many bins are the peaks (and as many
        the valleys). A band without a bin has 0 bins.
    """
    edges = [0.0, *(fmin * 2.0**k for k in range(n_bands + 1))]
    bands = []
    for k in range(n_bands + 1):
        inside = np.flatnonzero((frequencies >= edges[k]) & (frequencies <= edges[k + 1]))
        begin, end = (int(inside[0]), int(inside[-1]) + 1) if len(inside) else (0, 0)
        if k > 0 and begin > 0:
            begin -= 1
        if k == n_bands and end > 0:
            end = len(frequencies)
        extremes = round(max(quantile * (end - begin), 1))
        n_bins = max(0, end - begin - (k < n_bands))
        bands.append((begin, n_bins, min(extremes, n_bins)))
    return np.array(bands, dtype=np.float64)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpectralContrast(SpectrumFeature):
    """It is the level of the peaks above the valleys, in octave bands: n_bands + 1 columns.

    Parameters
    ----------
    n_bands : int
        There are this many octaves above `fmin`, >= 1. The first column is the band below `fmin`.
    fmin : float
        This is the upper edge of the first band [Hz], > 0; fmin · 2^(n_bands - 1) must be below
        half the sample rate.
    quantile : float
        This share of a band's bins are its peaks, and as many are its valleys, > 0 and < 1; there
        is at least one.
    linear : bool
        If False, the value is the difference of their levels [dB]. If True, it is the difference of
        their means in the spectrum's unit.
    amin : float
        Smaller means are raised to it before the logarithm, >= 1.2e-38.
    power : {1.0, 2.0}
        The spectrum is magnitude |X| (1) or power |X|² (2).
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`.

    Notes
    -----
    It agrees with ``librosa.feature.spectral_contrast`` to 0.03 dB on speech, and to 1e-4 dB in the
    median: valleys far below a frame's peak hold float32's noise. But librosa raises all values to
    80 dB below the recording's largest, which a stream can't do. As in librosa, a decibel is
    10 log10 of the mean, whatever `power` is. A band without a bin is 0. It costs a pass over the
    spectrum, which is shared, and an insertion for each extreme. The source is Jiang, Lu, Zhang,
    Tao and Cai, ICME 2002, 113–116.

    Examples
    --------
    >>> SpectralContrast(n_bands=2).columns
    ('spectral_contrast_0', 'spectral_contrast_1', 'spectral_contrast_2')
    """

    prefix: ClassVar[str] = "spectral_contrast"
    forgiven: ClassVar[float] = 1 / 8

    power: float = 1.0
    n_bands: int = 6
    fmin: float = 200.0
    quantile: float = 0.02
    linear: bool = False
    amin: float = 1e-10

    def __post_init__(self) -> None:
        checks.integer("n_bands", self.n_bands, 1, 64)  # the names of the columns need it
        super().__post_init__()
        checks.number("fmin", self.fmin, above=0)
        if not 0 < checks.number("quantile", self.quantile) < 1:
            checks.fail("quantile", "> 0 and < 1", self.quantile)
        checks.boolean("linear", self.linear)
        check_floor(self.amin)

    @property
    def columns(self) -> tuple[str, ...]:
        return self._numbered(self.n_bands + 1)

    @property
    def units(self) -> tuple[str, ...]:
        unit = power_unit(self.power) if self.linear else "dB"
        return (unit,) * len(self.columns)

    @property
    def multiplications(self) -> int:
        n_bins = self.n_fft // 2 + 1
        return super().multiplications + math.ceil(2 * self.quantile * n_bins**2)

    def check(self, sample_rate: float) -> None:
        highest = self.fmin * 2 ** (self.n_bands - 1)
        if highest >= sample_rate / 2:
            rule = f"such that fmin · 2^(n_bands - 1) < {sample_rate / 2:g} Hz (half the rate)"
            checks.refuse("n_bands", rule, f"{self.n_bands}: {highest:g} Hz")

    def table(self, sample_rate: float) -> Table:
        """Give the bands as a flat array: first bin, number of bins, number of extremes."""
        bands = octave_bands(self.n_fft, sample_rate, self.fmin, self.n_bands, self.quantile)
        return bands.ravel()

    @staticmethod
    def compute(spectrum: Values, table: Values, linear: bool, amin: float, out: Values) -> None:
        """Compute the means of a band's highest and lowest bins, and their difference."""
        for band in range(len(out)):
            begin, n_bins = int(table[3 * band]), int(table[3 * band + 1])
            extremes = int(table[3 * band + 2])
            ordered = np.sort(spectrum[begin : begin + n_bins])
            valley, peak = 0.0, 0.0
            for i in range(extremes):
                valley += ordered[i] / extremes
                peak += ordered[n_bins - 1 - i] / extremes
            if linear:
                out[band] = peak - valley
            else:
                out[band] = DECIBEL * (np.log(max(peak, amin)) - np.log(max(valley, amin)))

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.05 dB, or 2e-5 of the largest peak.

        Valleys that lie far below a frame's peak hold float32's noise, so one row in eight may
        differ by more.
        """
        largest = np.abs(expected).max(initial=0.0)
        return self.limit(2e-5 * largest if self.linear else 5e-2, 1.0, expected)
