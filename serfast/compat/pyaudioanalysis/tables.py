"""The tables of pyAudioAnalysis' features: its bands, its cosine transform and its chroma."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from ...features.linear_log_cepstrum import linear_log_bands
from ...features.mfcc import dct_matrix
from ...features.semitone_chroma import N_CHROMA, semitone_shares

__all__ = ["N_CHROMA", "N_MFCC", "N_PARTS", "Tables", "tables"]

Array = np.ndarray[Any, np.dtype[np.float64]]

N_MFCC = 13

N_PARTS = 10
"""Both entropies divide a frame, or its spectrum, into so many parts."""


class Tables(NamedTuple):
    """What a frame's length and the sample rate say about the bins."""

    moments: Array
    """Shape (3, n_bins): 1, the frequency relative to half the sample rate, and its square."""
    bands: Array
    """Shape (n, 40): the triangles, divided by n_bins, over the n bins that they need."""
    cosines: Array
    """Shape (40, 13): the orthonormal cosine transform of type II."""
    chroma_bins: Any
    """Shape (m,): the bins whose power counts for the chroma."""
    chroma: Array
    """Shape (m, 12): what the power of these bins adds to each chroma."""


@lru_cache(maxsize=16)
def tables(sample_rate: float, window: int) -> Tables:
    """Give the tables for frames of so many samples.

    Raises
    ------
    ParameterError
        If pyAudioAnalysis fails too, since its bands or semitones exceed the number of bins.
    """
    n_bins = window // 2
    # A frequency is that of the next bin, relative to half the sample rate.
    frequency = np.arange(1, n_bins + 1) / n_bins
    moments = np.stack([np.ones(n_bins), frequency, frequency**2])
    triangles = linear_log_bands(sample_rate, n_bins)
    used = max(first + len(band) for first, band in triangles)
    bands = np.zeros((used, len(triangles)))
    for i, (first, band) in enumerate(triangles):
        bands[first : first + len(band), i] = band / n_bins
    bins, chroma, shares = semitone_shares(sample_rate, n_bins)
    chroma_bins, place = np.unique(bins, return_inverse=True)
    table = np.zeros((len(chroma_bins), N_CHROMA))
    np.add.at(table, (place, chroma), shares)
    cosines = dct_matrix(N_MFCC, len(triangles)).T
    return Tables(moments, bands, cosines, chroma_bins, table)
