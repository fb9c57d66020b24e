"""The linear-log cepstrum is that of Slaney's bands, which are linear below 1 kHz."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows
from .computed import SpectrumFeature, Values
from .mfcc import dct_matrix

__all__ = ["N_BANDS", "LinearLogCepstrum", "linear_log_bands"]

Table = np.ndarray[Any, np.dtype[np.float64]]

EPSILON = 2.0**-52
"""It is added to each band before the logarithm, as in pyAudioAnalysis."""

LINEAR_EDGES = 13
LOG_EDGES = 29
LOWEST = 133.33
LINEAR_STEP = 200 / 3
LOG_RATIO = 1.0711703
"""The edges of the bands are those of Slaney's Auditory Toolbox (1998)."""

N_BANDS = LINEAR_EDGES + LOG_EDGES - 2


def linear_log_bands(sample_rate: float, n_bins: int) -> list[tuple[int, Table]]:
    """Give the first bin and the weights of each of the 40 triangles, whose area is 1 [1/Hz].

    Bin k counts as k · sample_rate / n_bins, twice its frequency if the bins reach up to half the
    sample rate: pyAudioAnalysis, for which these are, takes half a transform for a whole one.

    Raises
    ------
    ParameterError
        If the sample rate isn't above the highest edge, 6855 Hz.

    Examples
    --------
    >>> first, weights = linear_log_bands(16000, 400)[0]
    >>> first, len(weights)
    (4, 3)
    """
    linear = LOWEST + LINEAR_STEP * np.arange(LINEAR_EDGES)
    edges = np.concatenate([linear, linear[-1] * LOG_RATIO ** np.arange(1.0, LOG_EDGES + 1)])
    # A slope begins at the bin after the edge's, and ends with the bin of the next edge.
    last = np.floor(edges * n_bins / sample_rate)
    if last[-1] >= n_bins:
        rule = f"> {edges[-1]:.0f} Hz, the highest edge of a band"
        checks.refuse("sample_rate", rule, f"{sample_rate:g}")
    bands = []
    for b in range(N_BANDS):
        low, middle, high = edges[b : b + 3]
        index = np.arange(int(last[b]) + 1, int(last[b + 2]) + 1)
        hertz = index / n_bins * sample_rate
        height = 2 / (high - low)
        up = height / (middle - low) * (hertz - low)
        down = height / (high - middle) * (high - hertz)
        bands.append((int(last[b]) + 1, np.where(index <= last[b + 1], up, down)))
    return bands


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LinearLogCepstrum(SpectrumFeature):
    """It is the cepstrum of 40 bands, linear and then logarithmic in frequency: n_mfcc columns.

    Parameters
    ----------
    n_mfcc : int
        There are this many coefficients, 1 to 40; the first one is that of the sum of all bands.
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`. `power` must be 1. The sample rate
        must be above 6855 Hz.

    Notes
    -----
    The formula is the orthonormal cosine transform, of type II, of log10(b + ε), where b are the
    sums of |X| / K in the triangles of :func:`linear_log_bands` over K = n_fft // 2 bins, and
    ε = 2⁻⁵². The columns count from 1. :class:`serfast.MFCC` has the bands of other toolkits. The
    source of the bands is Slaney, Auditory Toolbox, Technical Report 1998-010; the cepstrum is
    pyAudioAnalysis'. It agrees with the formula in float64 to 1e-4 where no band is more than
    80 dB below the loudest one; between pure tones there is float32's noise. A row costs 40
    logarithms and n_mfcc · 40 multiplications beside a pass over the spectrum, which is shared.

    Examples
    --------
    >>> LinearLogCepstrum(n_mfcc=2, name="mfcc").columns
    ('mfcc_1', 'mfcc_2')
    """

    prefix: ClassVar[str] = "linear_log_cepstrum"

    power: float = 1.0
    n_mfcc: int = 13

    def __post_init__(self) -> None:
        checks.integer("n_mfcc", self.n_mfcc, 1, N_BANDS)  # names of columns need it
        super().__post_init__()
        checks.choice("power", self.power, (1.0,))

    @property
    def multiplications(self) -> int:
        return super().multiplications + N_BANDS * self.n_mfcc

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(f"{self.name or self.prefix}_{i}" for i in range(1, self.n_mfcc + 1))

    def check(self, sample_rate: float) -> None:
        linear_log_bands(sample_rate, self.n_fft // 2)

    def table(self, sample_rate: float) -> Table:
        """Give first bin and number of bins of each band, the cosines, and the bands' weights."""
        n_bins = self.n_fft // 2
        bands = linear_log_bands(sample_rate, n_bins)
        spans = [number for first, band in bands for number in (first, len(band))]
        weights = [band / n_bins for _, band in bands]
        cosines = dct_matrix(self.n_mfcc, N_BANDS)
        return np.concatenate([spans, cosines.ravel(), *weights])

    @staticmethod
    def compute(spectrum: Values, table: Values, n_mfcc: int, out: Values) -> None:
        """Compute the bands' sums, their logarithms, and the cosine transform."""
        logs = np.zeros(N_BANDS)
        at = N_BANDS * (2 + n_mfcc)
        for b in range(N_BANDS):
            first, count = int(table[2 * b]), int(table[2 * b + 1])
            total = EPSILON
            for i in range(count):
                total += float(table[at + i]) * float(spectrum[first + i])
            logs[b] = np.log10(total)
            at += count
        for j in range(n_mfcc):
            value = 0.0
            for b in range(N_BANDS):
                value += float(table[N_BANDS * (2 + j) + b]) * logs[b]
            out[j] = value

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 5e-4, which is 0.01 dB: few bands of a row are off by 0.02."""
        return self.limit(5e-4, 1.0, expected)
