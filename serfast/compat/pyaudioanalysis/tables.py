"""The tables of pyAudioAnalysis' features: its bands, its cosine transform and its chroma."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from ... import _checks as checks

__all__ = ["N_CHROMA", "N_MFCC", "N_PARTS", "Tables", "tables"]

Array = np.ndarray[Any, np.dtype[np.float64]]

N_MFCC = 13
N_CHROMA = 12

N_PARTS = 10
"""Both entropies divide a frame, or its spectrum, into so many parts."""

LINEAR_EDGES = 13
LOG_EDGES = 29
LOWEST = 133.33
LINEAR_STEP = 200 / 3
LOG_RATIO = 1.0711703
"""The edges of the bands are those of Slaney's Auditory Toolbox (1998), 40 bands in all."""

A0 = 27.5
"""Chroma count semitones from this frequency [Hz]."""


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
    bands = _bands(sample_rate, n_bins)
    used = np.flatnonzero(bands.any(axis=1)).max(initial=0) + 1
    chroma = _chroma(sample_rate, n_bins)
    chroma_bins = np.flatnonzero(chroma.any(axis=1))
    cosines = _cosines(bands.shape[1])
    return Tables(moments, bands[:used] / n_bins, cosines, chroma_bins, chroma[chroma_bins])


def _bands(sample_rate: float, n_bins: int) -> Array:
    """Give the triangles, shape (n_bins, 40).

    Bin k counts as k · sample_rate / n_bins, twice its frequency: the bank takes half a transform
    for a whole one.
    """
    linear = LOWEST + LINEAR_STEP * np.arange(LINEAR_EDGES)
    edges = np.concatenate([linear, linear[-1] * LOG_RATIO ** np.arange(1.0, LOG_EDGES + 1)])
    if np.floor(edges[-1] * n_bins / sample_rate) >= n_bins:
        checks.refuse(
            "sampling_rate", f"> {edges[-1]:.0f} Hz, the highest edge of a band", f"{sample_rate:g}"
        )
    hertz = np.arange(n_bins) / n_bins * sample_rate
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    height = 2 / (high - low)
    # A slope begins at the bin after the edge's, and ends with the bin of the next edge.
    last = np.floor(edges * n_bins / sample_rate)
    index = np.arange(n_bins)[:, None]
    rising = (index > last[:-2]) & (index <= last[1:-1])
    falling = (index > last[1:-1]) & (index <= last[2:])
    up = height / (middle - low) * (hertz[:, None] - low)
    down = height / (high - middle) * (high - hertz[:, None])
    return np.asarray(np.where(rising, up, np.where(falling, down, 0.0)))


def _cosines(n_bands: int) -> Array:
    """Give the transform of n_bands logarithms into coefficients."""
    angle = np.pi / n_bands * np.outer(np.arange(n_bands) + 0.5, np.arange(N_MFCC))
    cosines = np.cos(angle) * np.sqrt(2 / n_bands)
    cosines[:, 0] = np.sqrt(1 / n_bands)
    return np.asarray(cosines)


def _chroma(sample_rate: float, n_bins: int) -> Array:
    """Give each bin's share in each chroma.

    Every bin has a semitone, but a semitone takes the power of its last bin alone. It is divided
    by the number of bins in the semitone whose number stands in the bin of that number. Negative
    semitones count from the end. All this is what pyAudioAnalysis computes.
    """
    hertz = np.arange(1, n_bins + 1) * sample_rate / (2 * n_bins)
    semitone = np.round(12 * np.log2(hertz / A0)).astype(int)
    if len(semitone) == 0 or not -n_bins <= semitone[0] <= semitone[-1] < n_bins:
        checks.refuse(
            "window",
            "of more bins (window // 2) than there are semitones between 27.5 Hz and half the "
            "sample rate, as pyAudioAnalysis has it",
            f"{n_bins} bins",
        )
    _, group, count = np.unique(semitone, return_inverse=True, return_counts=True)
    size = count[group].astype(np.float64)
    place = np.zeros(n_bins, dtype=int)
    place[semitone] = np.arange(n_bins)  # the last bin of a semitone stays
    shares = np.zeros((n_bins, N_CHROMA))
    for row in np.unique(semitone % n_bins):
        shares[place[row], row % N_CHROMA] += 1 / size[semitone[row]]
    return shares
