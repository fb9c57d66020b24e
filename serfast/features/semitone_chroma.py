"""Semitone chroma tell how the power of single bins is shared among the semitones of an octave."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows
from .computed import SpectrumFeature, Values

__all__ = ["N_CHROMA", "SemitoneChroma", "semitone_shares"]

Table = np.ndarray[Any, np.dtype[np.float64]]

Places = np.ndarray[Any, np.dtype[np.intp]]

N_CHROMA = 12

A0 = 27.5
"""Semitones count from this frequency [Hz]."""


def semitone_shares(sample_rate: float, n_bins: int) -> tuple[Places, Places, Table]:
    """Give bins, chroma, and what the power of each of these bins adds to its chroma.

    This is pyAudioAnalysis' way: bin k has the frequency of bin k + 1, and the nearest semitone.
    Each semitone takes the power of its last bin alone. It is divided by the number of bins in the
    semitone whose number stands in the bin of that number. Negative semitones count from the end.

    Returns
    -------
    bins, chroma : ndarray of int, shape (n,)
    shares : ndarray of float64, shape (n,)

    Raises
    ------
    ParameterError
        If there are more semitones than bins, where pyAudioAnalysis fails as well.

    Examples
    --------
    >>> bins, chroma, shares = semitone_shares(16000, 400)
    >>> len(bins), int(chroma.max())
    (71, 11)
    """
    with np.errstate(over="ignore", invalid="ignore"):
        hertz = np.arange(1, n_bins + 1) * sample_rate / (2 * n_bins)
        semitone = np.round(N_CHROMA * np.log2(hertz / A0)).astype(int)
    if len(semitone) == 0 or not -n_bins <= semitone[0] <= semitone[-1] < n_bins:
        checks.refuse(
            "frame",
            "of more bins (half its samples) than there are semitones between 27.5 Hz and half the "
            "sample rate, as pyAudioAnalysis has it",
            f"{n_bins} bins",
        )
    _, group, count = np.unique(semitone, return_inverse=True, return_counts=True)
    place = np.zeros(n_bins, dtype=int)
    place[semitone] = np.arange(n_bins)  # the last bin of a semitone stays
    rows = np.unique(semitone % n_bins)
    return place[rows], rows % N_CHROMA, 1.0 / count[group[semitone[rows]]]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SemitoneChroma(SpectrumFeature):
    """It is each semitone's share in the power, A to G sharp, and the deviation of the twelve.

    There are thirteen columns, which are 0 in silence.

    Parameters
    ----------
    n_fft, win_length, window, preemphasis, remove_dc
        They mean the same as in :class:`serfast.PowerSpectrum`. `power` must be 2. The first
        n_fft // 2 bins must be more than there are semitones from 27.5 Hz to half the sample rate.

    Notes
    -----
    :func:`serfast.features.semitone_chroma.semitone_shares` says which bins count, and how much;
    the sums are divided by Σ |X|² over the first n_fft // 2 bins. These are the numbers of
    pyAudioAnalysis, which differ from its own description; :class:`serfast.Chroma` has librosa's.
    They agree with pyAudioAnalysis 0.3.14 to 1e-5. They cost a pass over the spectrum, which is
    shared.

    Examples
    --------
    >>> SemitoneChroma(n_fft=800, name="chroma").columns[-2:]
    ('chroma_12', 'chroma_std')
    """

    unit: ClassVar[str] = "1"
    prefix: ClassVar[str] = "semitone_chroma"

    n_fft: int = 800

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.choice("power", self.power, (2.0,))

    @property
    def columns(self) -> tuple[str, ...]:
        stem = self.name or self.prefix
        return (*(f"{stem}_{i}" for i in range(1, N_CHROMA + 1)), f"{stem}_std")

    def check(self, sample_rate: float) -> None:
        semitone_shares(sample_rate, self.n_fft // 2)

    def table(self, sample_rate: float) -> Table:
        """Give bin, chroma and share of each bin that counts."""
        entries = np.stack(semitone_shares(sample_rate, self.n_fft // 2), axis=1)
        return np.asarray(entries.ravel(), dtype=np.float64)

    @staticmethod
    def compute(spectrum: Values, table: Values, out: Values) -> None:
        """Compute the weighted sums over the power of all, and their deviation."""
        total = 0.0
        for k in range(len(spectrum) - 1):
            total += spectrum[k]
        sums = np.zeros(N_CHROMA)
        for i in range(0, len(table), 3):
            sums[int(table[i + 1])] += float(table[i + 2]) * spectrum[int(table[i])]
        mean, square = 0.0, 0.0
        for c in range(N_CHROMA):
            sums[c] = sums[c] / total if total > 0 else 0.0
            mean += sums[c] / N_CHROMA
            out[c] = sums[c]
        for c in range(N_CHROMA):
            square += (sums[c] - mean) ** 2
        out[N_CHROMA] = math.sqrt(square / N_CHROMA)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-5, which is the noise of a float32 FFT beside all power."""
        return self.limit(2e-5, 1.0, expected)
