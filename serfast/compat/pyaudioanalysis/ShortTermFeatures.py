"""pyAudioAnalysis' features of short frames."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ... import _checks as checks
from .tables import N_CHROMA, N_MFCC, Tables, tables

__all__ = ["feature_extraction"]

Array = np.ndarray[Any, np.dtype[np.float64]]

EPSILON = sys.float_info.epsilon
"""pyAudioAnalysis adds it where it divides or takes a logarithm."""

INT16 = 32768.0
PEAK_OFFSET = 1e-10
"""The signal is divided by its peak and this."""

N_PARTS = 10
"""Both entropies divide a frame, or its spectrum, into so many parts."""

ROLLOFF = 0.9
BLOCK_SAMPLES = 1 << 16
"""So many samples of frames are computed at once: their arrays stay in the processor's cache."""

NAMES = (
    "zcr",
    "energy",
    "energy_entropy",
    "spectral_centroid",
    "spectral_spread",
    "spectral_entropy",
    "spectral_flux",
    "spectral_rolloff",
    *(f"mfcc_{i}" for i in range(1, N_MFCC + 1)),
    *(f"chroma_{i}" for i in range(1, N_CHROMA + 1)),
    "chroma_std",
)


def feature_extraction(
    signal: Any, sampling_rate: float, window: float, step: float, deltas: bool = True
) -> tuple[Array, list[str]]:
    """Give 34 features of every frame, and with `deltas` their changes since the frame before.

    Parameters
    ----------
    signal : array_like, shape (n,)
        Mono samples, of any type and scale: the mean is subtracted and the peak becomes 1.
    sampling_rate : float
        Samples per second [Hz], above 6855.
    window, step : float
        A frame's length and the distance of frames in samples; fractions are cut off.
    deltas : bool
        If True, 34 rows more hold each feature less that of the frame before, 0 at first.

    Returns
    -------
    features : ndarray of float64, shape (68 or 34, n_frames)
    feature_names : list of str

    Raises
    ------
    ParameterError
        If the signal isn't one finite channel of at least `window` samples, or the rate or the
        window is too small for the bands and semitones. pyAudioAnalysis fails then too, except
        for samples that aren't finite.

    Notes
    -----
    It agrees with pyAudioAnalysis 0.3.14 to 1e-9 (Giannakopoulos, PLoS ONE 10 (2015)).

    Examples
    --------
    >>> features, names = feature_extraction(np.arange(1600) % 50, 16000, 400, 160, deltas=False)
    >>> features.shape, names[-1]
    ((34, 8), 'chroma_std')
    """
    rate = checks.number("sampling_rate", sampling_rate, above=0)
    length = checks.integer("window", int(checks.number("window", window)), 2)
    hop = checks.integer("step", int(checks.number("step", step)), 1)
    with_deltas = checks.boolean("deltas", deltas)
    samples = _normalized(signal, length)
    fixed = tables(rate, length)
    n_frames = (len(samples) - length) // hop + 1
    rows = np.empty((n_frames, len(NAMES)))
    rows[:, 0] = _crossings(samples, length, hop)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop]
    size = max(BLOCK_SAMPLES // length, 1)
    previous: Array | None = None
    for start in range(0, n_frames, size):
        block = slice(start, start + size)
        _energies(frames[block], rows[block])
        previous = _spectral(frames[block], fixed, rows[block], previous)
    names = list(NAMES)
    if not with_deltas:
        return np.ascontiguousarray(rows.T), names
    features = np.zeros((2 * len(NAMES), n_frames))
    features[: len(NAMES)] = rows.T
    np.subtract(rows[1:].T, rows[:-1].T, out=features[len(NAMES) :, 1:])
    return features, names + [f"delta {name}" for name in names]


def _normalized(signal: Any, length: int) -> Array:
    """Give the samples without their mean, with a peak of 1."""
    given = np.asarray(signal)
    if given.ndim != 1 or given.dtype.kind not in "biuf":
        shape = f"shape {given.shape} and type {given.dtype}"
        checks.refuse("signal", "one channel of real samples (n,)", shape)
    if len(given) < length:
        checks.refuse("signal", f"at least a window ({length} samples)", f"{len(given)} samples")
    samples = given.astype(np.float64) / INT16
    samples -= samples.mean()
    peak = np.abs(samples).max()
    if not np.isfinite(peak):
        checks.refuse("signal", "finite", "NaN or infinity, or a sum of samples that is infinite")
    samples /= peak + PEAK_OFFSET
    return np.asarray(samples)


def _crossings(samples: Array, length: int, hop: int) -> Array:
    """Give the share of pairs of samples whose signs differ; a sample of 0 counts a half."""
    change = np.abs(np.diff(np.sign(samples)))
    total = np.concatenate([[0.0], np.cumsum(change)])
    start = np.arange(0, len(samples) - length + 1, hop)
    return np.asarray((total[start + length - 1] - total[start]) / 2 / (length - 1))


def _energies(frames: Array, rows: Array) -> None:
    """Write the mean square, and the entropy of the parts' energies."""
    square = frames * frames
    total = square.sum(axis=1)
    rows[:, 1] = total / frames.shape[1]
    rows[:, 2] = _entropy(square, total)


def _entropy(power: Array, total: Array) -> Array:
    """Give the entropy of ten parts' shares in the total [bit]; the rest at the end is in none."""
    size = power.shape[1] // N_PARTS
    parts = power[:, : size * N_PARTS].reshape(len(power), N_PARTS, size).sum(axis=2)
    share = parts / (total[:, None] + EPSILON)
    return np.asarray(-(share * np.log2(share + EPSILON)).sum(axis=1))


def _spectral(frames: Array, fixed: Tables, rows: Array, previous: Array | None) -> Array:
    """Write the features of the spectrum, and give the last frame's relative magnitudes."""
    n_bins = len(fixed.weights)
    transform = np.fft.rfft(frames, axis=1)[:, :n_bins]
    power = transform.real**2
    power += transform.imag**2
    power *= 1 / n_bins**2
    magnitude = np.sqrt(power)
    # One product of matrices gives the moments and the bands.
    sums = magnitude @ fixed.weights
    loudest = magnitude.max(axis=1)
    rows[:, 3], rows[:, 4] = _moments(sums[:, :3], loudest)
    total = power.sum(axis=1)
    rows[:, 5] = _entropy(power, total)
    bins = np.cumsum(power, axis=1)
    bins += EPSILON
    below = bins > ROLLOFF * total[:, None]
    # Where no bin is above, argmax gives 0, which is pyAudioAnalysis' answer too.
    rows[:, 7] = below.argmax(axis=1) / n_bins
    rows[:, 8 : 8 + N_MFCC] = np.log10(sums[:, 3:] + EPSILON) @ fixed.cosines
    chroma = power @ fixed.chroma
    chroma /= np.where(total == 0, EPSILON, total)[:, None]
    rows[:, 8 + N_MFCC : -1] = chroma
    rows[:, -1] = chroma.std(axis=1)
    magnitude /= (sums[:, 0] + n_bins * EPSILON)[:, None]
    before = magnitude[:1] if previous is None else previous
    change = np.diff(magnitude, axis=0, prepend=before)
    rows[:, 6] = np.einsum("ij,ij->i", change, change)
    return magnitude[-1:].copy()


def _moments(sums: Array, loudest: Array) -> tuple[Array, Array]:
    """Give the centroid and the spread, relative to half the sample rate."""
    scale = np.where(loudest == 0, EPSILON, loudest)
    mass, first, second = (sums / scale[:, None]).T
    mass_more = mass + EPSILON
    centroid = first / mass_more
    spread = second - 2 * centroid * first + centroid**2 * mass
    return centroid, np.sqrt(np.maximum(spread, 0) / mass_more)
