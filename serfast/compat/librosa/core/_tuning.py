"""How far a recording is tuned from 440 Hz, as librosa tells it from the peaks of its spectra."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..util.warning import warn_caller

__all__ = ["estimated_tuning"]

Array = np.ndarray[Any, Any]

FMIN, FMAX = 150.0, 4000.0
"""Peaks between them count [Hz]; the upper one doesn't."""

THRESHOLD = 0.1
"""A peak is above this share of its frame's largest bin."""

RESOLUTION = 0.01
"""Tunings are counted in steps of this share of a pitch class."""


def estimated_tuning(S: Array, *, sr: float, n_fft: int, bins_per_octave: int) -> float:
    """Give the tuning, from -0.5 up to 0.5 of a pitch class; 0 with a warning if there is no peak.

    Each peak of each spectrum lies some share of a pitch class above one of the scale with A at
    440 Hz. Of the peaks that aren't weaker than their median, the most frequent share is given.

    Parameters
    ----------
    S : ndarray, shape (..., n_fft // 2 + 1, n_frames)
        Magnitudes or power; all channels count together.
    """
    hertz, strength = _peaks(S, sr, n_fft)
    if not len(hertz):
        warn_caller("there is no peak to estimate the tuning from: it is 0")
        return 0.0
    hertz = hertz[strength >= np.median(strength)]
    share = np.mod(bins_per_octave * np.log2(hertz / (440.0 / 16)), 1.0)
    share[share >= 0.5] -= 1.0
    counts, edges = np.histogram(share, np.linspace(-0.5, 0.5, round(1 / RESOLUTION) + 1))
    return float(edges[np.argmax(counts)])


def _peaks(S: Array, sr: float, n_fft: int) -> tuple[Array, Array]:
    """Give the frequency [Hz] and the height of each peak, by parabolas through three bins."""
    hz = np.arange(S.shape[-2]) * (sr / n_fft)
    wanted = np.flatnonzero((hz >= max(FMIN, 0)) & (hz < min(FMAX, sr / 2)))
    wanted = wanted[wanted > 0]
    floor = THRESHOLD * S.max(axis=-2, keepdims=True)
    if not len(wanted):
        return np.zeros(0), np.zeros(0)
    first, end = wanted[0], wanted[-1] + 1
    last = S.shape[-2] - 1
    middle, left = S[..., first:end, :], S[..., first - 1 : end - 1, :]
    right = S[..., first + 1 : end + 1, :]
    if (
        end - 1 == last
    ):  # the last bin has no neighbour, and is a peak if it is above the one before
        right = np.concatenate([right, np.zeros_like(right[..., :1, :])], axis=-2)
    loud = np.where(S[..., first - 1 : end + 1, :] > floor, S[..., first - 1 : end + 1, :], 0)
    n = end - first
    before, here, behind = loud[..., :n, :], loud[..., 1 : n + 1, :], loud[..., 2:, :]
    if end - 1 == last:
        behind = np.concatenate([behind, np.zeros_like(here[..., :1, :])], axis=-2)
    at = np.nonzero((here > before) & (here >= behind))
    bend = right[at] + left[at] - 2 * middle[at]
    rise = (right[at] - left[at]) / 2
    usable = (np.abs(rise) < np.abs(bend)) & (first + at[-2] < last)
    shift = np.divide(-rise, bend, out=np.zeros_like(rise), where=usable)
    height = middle[at] + (0.5 * rise * shift).astype(S.dtype, copy=False)
    hertz = ((first + at[-2] + shift) * float(sr) / n_fft).astype(S.dtype, copy=False)
    return hertz, height
