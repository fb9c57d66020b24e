"""pyAudioAnalysis' features of short frames."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _checks as checks
from ...audio.samples import as_array
from .sums import EPSILON, Sums
from .tables import N_CHROMA, N_MFCC, tables

__all__ = ["dc_normalize", "feature_extraction"]

Array = np.ndarray[Any, np.dtype[np.float64]]

PEAK_OFFSET = 32768 * 1e-10
"""It divides samples by 32768, then by their peak and 1e-10: here both at once."""

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
    samples = _checked(signal, length)
    mean, peak = _normalization(samples, PEAK_OFFSET)
    fixed = tables(rate, length)
    n_frames = (len(samples) - length) // hop + 1
    size = min(max(BLOCK_SAMPLES // length, 1), n_frames)
    sums = Sums(n_frames, size, length, hop, fixed)
    for start in range(0, n_frames, size):
        stop = min(start + size, n_frames)
        end = (stop - 1) * hop + length
        sums.add((samples[start * hop : end] - mean) / peak, start, stop)
    names = list(NAMES)
    features = np.zeros((2 * len(names) if with_deltas else len(names), n_frames))
    plain = features[: len(names)]
    _write(sums, length, plain)
    if not with_deltas:
        return features, names
    np.subtract(plain[:, 1:], plain[:, :-1], out=features[len(names) :, 1:])
    return features, names + [f"delta {name}" for name in names]


def dc_normalize(sig_array: Any) -> Array:
    """Give a signal less its mean, over its peak and 1e-10.

    ``feature_extraction`` does this itself, to the samples divided by 32768. The rows of
    ``serfast.presets.pyaudioanalysis``, which takes a signal as it is, are those numbers if they
    are given ``dc_normalize(signal / 32768)``.

    Parameters
    ----------
    sig_array : array_like, shape (n,)
        Mono samples; it stays as it is.

    Returns
    -------
    ndarray of float64, shape (n,)

    Raises
    ------
    ParameterError
        If the signal isn't one finite channel of at least one sample.

    Examples
    --------
    >>> dc_normalize([1.0, 2.0, 3.0]).round(6).tolist()
    [-1.0, 0.0, 1.0]
    """
    samples = _checked(sig_array, 1)
    mean, peak = _normalization(samples, 1e-10)
    return np.asarray((samples - mean) / peak)


def _checked(signal: Any, length: int) -> Any:
    """Give the samples as an array, if pyAudioAnalysis has features for them."""
    given = as_array(signal)
    if given.ndim != 1 or given.dtype.kind not in "biuf":
        shape = f"shape {given.shape} and type {given.dtype}"
        checks.refuse("signal", "one channel of real samples (n,)", shape)
    if len(given) < length:
        checks.refuse("signal", f"at least {length} samples", f"{len(given)} samples")
    return given


def _normalization(samples: Any, offset: float) -> tuple[np.float64, np.float64]:
    """Give the mean, and the peak around it and an offset.

    Their bits are pyAudioAnalysis' bits: in spectra of pure tones, the logarithms of the bands
    between them are those of rounding errors.
    """
    with np.errstate(invalid="ignore"):
        mean = samples.astype(np.float64).mean()
        peak = max(float(samples.max()) - mean, mean - float(samples.min()))
    if not np.isfinite(peak):
        checks.refuse("signal", "finite", "NaN, infinity or samples that are too large")
    return mean, peak + offset


def _write(sums: Sums, length: int, features: Array) -> None:
    """Write the 34 features of all frames, out of their sums."""
    n_bins = length // 2
    features[0] = sums.changes / (2 * (length - 1))
    features[1] = sums.energy / length
    features[2] = _entropy(sums.energies, sums.energy)
    features[3], features[4] = _centroid(*sums.moments)
    features[5] = _entropy(sums.powers / n_bins**2, sums.power / n_bins**2)
    features[6] = _flux(sums, n_bins)
    features[7] = sums.rolloff / n_bins
    features[8 : 8 + N_MFCC] = sums.cepstrum.T
    chroma = features[8 + N_MFCC : -1]
    np.divide(sums.chroma.T, np.where(sums.power == 0, 1.0, sums.power), out=chroma)
    features[-1] = chroma.std(axis=0)


def _entropy(parts: Array, total: Array) -> Array:
    """Give the entropy of the parts' shares in the total [bit]."""
    share = parts / (total[:, None] + EPSILON)
    return np.asarray(-np.einsum("ij,ij->i", share, np.log2(share + EPSILON)))


def _centroid(mass: Array, first: Array, second: Array) -> tuple[Array, Array]:
    """Give the centroid and the spread, relative to half the sample rate; 0 in silence."""
    mass_above_0 = np.where(mass == 0, 1.0, mass)
    centroid = first / mass_above_0
    spread = second / mass_above_0 - centroid**2
    return centroid, np.sqrt(np.maximum(spread, 0))


def _flux(sums: Sums, n_bins: int) -> Array:
    """Give the sum of squared changes of the relative magnitudes, (a - b)² = a² + b² - 2ab."""
    mass = sums.moments[0] + n_bins**2 * EPSILON
    square = sums.power / mass**2
    before = np.maximum(np.arange(len(mass)) - 1, 0)
    product = sums.products / (mass * mass[before])
    return np.asarray(np.maximum(square + square[before] - 2 * product, 0))
