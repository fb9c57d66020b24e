"""How even a spectrum is, as librosa calls it: flatness, and contrast in bands of an octave."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from .... import _checks as checks
from ....features import SpectralContrast, SpectralFlatness
from ....features.spectral_contrast import bins_of_bands, octave_bands
from .. import _engine as engine
from ..core.spectrum import power_to_db
from .source import SignalSource, source
from .transform import AnyWindow

__all__ = ["spectral_contrast", "spectral_flatness"]

Array = np.ndarray[Any, Any]

ANY_RATE = 1.0  # flatness doesn't depend on the sample rate
ENGINE_FLOORS = 1.1754944e-38, 1e30  # what the engine takes as amin


def spectral_flatness(
    *,
    y: Array | None = None,
    S: Array | None = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: AnyWindow = "hann",
    center: bool = True,
    pad_mode: engine.AnyPadMode = "constant",
    amin: float = 1e-10,
    power: float = 2.0,
) -> Array:
    """Geometric over arithmetic mean of each frame's spectrum: 0 for a tone, 1 for silence.

    Parameters
    ----------
    y, S, n_fft, hop_length, win_length, window, center, pad_mode
        As in ``spectral_centroid``.
    amin : float
        Values below it count as this much, > 0.
    power : float
        Exponent of the magnitudes, or of S.

    Returns
    -------
    ndarray, shape (..., 1, n_frames)
        float64 if y or S is, with float32's precision if computed from y.

    Raises
    ------
    ParameterError
        If neither y nor S is given, S holds a negative, complex or infinite value, or an argument
        breaks its rule.

    Notes
    -----
    :class:`serfast.SpectralFlatness` names the source. It takes one pass of
    the engine for y and a `power` of 1 or 2.

    Examples
    --------
    >>> spectral_flatness(S=np.array([[1.0], [4.0]]), power=1).tolist()
    [[0.8]]
    """
    floor = checks.number("amin", amin, above=0)
    exponent = checks.number("power", power)
    given = source(y, S, ANY_RATE, n_fft, hop_length, win_length, window, center, pad_mode)
    dtype = np.result_type(given.dtype, amin, power)
    native = exponent in (1, 2) and ENGINE_FLOORS[0] <= floor <= ENGINE_FLOORS[1]
    if native and isinstance(given, SignalSource):
        return given.rows(SpectralFlatness, power=exponent, amin=floor).astype(dtype)
    spectra = np.maximum(given.energies().astype(np.float64) ** exponent, floor)
    geometric = np.exp(np.mean(np.log(spectra), axis=-2, keepdims=True))
    return np.asarray(geometric / np.mean(spectra, axis=-2, keepdims=True)).astype(dtype)


def spectral_contrast(
    *,
    y: Array | None = None,
    sr: float = 22050,
    S: Array | None = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: AnyWindow = "hann",
    center: bool = True,
    pad_mode: engine.AnyPadMode = "constant",
    freq: Array | None = None,
    fmin: float = 200.0,
    n_bands: int = 6,
    quantile: float = 0.02,
    linear: bool = False,
) -> Array:
    """Tell how far the peaks of each frame stand above its valleys, in bands of an octave.

    Parameters
    ----------
    y, sr, S, n_fft, hop_length, win_length, window, center, pad_mode
        As in ``spectral_centroid``, but S may be negative.
    freq : ndarray, shape (n_fft // 2 + 1,)
        Frequencies of the bins [Hz], ascending, if they aren't those of a Fourier transform.
    fmin : float
        Upper edge of the first band [Hz], > 0.
    n_bands : int
        Octaves above fmin, >= 1. The last but one must end below sr / 2.
    quantile : float
        Share of a band's bins that are its peaks, and its valleys, > 0 and < 1; one at least.
    linear : bool
        Whether the difference is that of their means, rather than of their levels [dB].

    Returns
    -------
    ndarray of float64, shape (..., n_bands + 1, n_frames)
        With float32's precision if computed from y. Peaks more than 80 dB below the largest peak
        of all bands, frames and channels are raised to it, and so are valleys to the largest
        valley, unless `linear`.

    Raises
    ------
    ParameterError
        If neither y nor S is given, S holds a complex or infinite value, a band holds no bin, or
        an argument breaks its rule.

    Notes
    -----
    :class:`serfast.SpectralContrast` names the source. It takes one pass of
    the engine for y, `linear` and no `freq`. Else NumPy orders the bins of each band.

    Examples
    --------
    >>> S = np.ones((1025, 1))
    >>> S[100] = 3
    >>> spectral_contrast(S=S, linear=True, quantile=0.001).T.tolist()
    [[0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0]]
    """
    given = source(y, S, sr, n_fft, hop_length, win_length, window, center, pad_mode)
    fields: dict[str, Any] = {"fmin": fmin, "n_bands": n_bands, "quantile": quantile}
    engine.feature(SpectralContrast, n_fft=given.n_fft, **fields).check(given.sr)
    if freq is None:
        bands = _transform_bands(given.n_fft, given.sr, **fields)
    else:
        bands = bins_of_bands(_ascending(freq, given.n_fft // 2 + 1), **fields)
    if not bands[:, 1].all():
        empty = int(np.argmin(bands[:, 1]))
        rule = "such that every band holds a bin of its own"
        checks.refuse("fmin and n_bands", rule, f"{fmin}, {n_bands}: band {empty} is empty")
    if linear and freq is None and isinstance(given, SignalSource):
        return given.rows(SpectralContrast, power=1.0, linear=True, **fields).astype(np.float64)
    peaks, valleys = _extremes(np.swapaxes(given.magnitudes(), -1, -2), bands.astype(np.intp))
    if linear or peaks.size == 0:
        return peaks - valleys
    return np.asarray(power_to_db(peaks) - power_to_db(valleys))


_transform_bands = lru_cache(maxsize=16)(octave_bands)


def _ascending(freq: Any, n_bins: int) -> Array:
    """Frequencies of the bins, if there are so many, in order."""
    frequencies: Array = np.atleast_1d(freq)
    rule = f"{n_bins} real numbers (one a bin), ascending"
    if frequencies.shape != (n_bins,) or frequencies.dtype.kind not in "biuf":
        checks.refuse("freq", rule, f"dtype {frequencies.dtype}, shape {frequencies.shape}")
    ascends = frequencies[1:] >= frequencies[:-1]
    if not ascends.all():
        i = int(np.argmin(ascends))
        pair = f"{frequencies[i]!s} and then {frequencies[i + 1]!s} at index {i}"
        checks.refuse("freq", rule, pair)
    return frequencies


def _extremes(spectra: Array, bands: Array) -> tuple[Array, Array]:
    """Means of the highest and of the lowest bins of each band.

    Parameters
    ----------
    spectra : ndarray, shape (..., n_frames, n_bins)
    bands : ndarray of int, shape (n, 3)
        As :func:`bins_of_bands` gives them, each with a bin.

    Returns
    -------
    tuple of ndarray of float64, shape (..., n, n_frames)
    """
    shape = (*spectra.shape[:-2], len(bands), spectra.shape[-2])
    peaks, valleys = np.empty(shape), np.empty(shape)
    for band, (begin, n_bins, count) in enumerate(bands):
        inside = spectra[..., begin : begin + n_bins]
        ordered = np.partition(inside, (count - 1, n_bins - count), axis=-1)
        valleys[..., band, :] = np.mean(ordered[..., :count], axis=-1, dtype=np.float64)
        peaks[..., band, :] = np.mean(ordered[..., -count:], axis=-1, dtype=np.float64)
    return peaks, valleys
