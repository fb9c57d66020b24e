"""Where a spectrum lies, as librosa calls it: centroid, bandwidth, roll-off."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.fft import rfftfreq

from .... import _checks as checks
from ....features import SpectralBandwidth, SpectralCentroid, SpectralRolloff
from .. import _engine as engine
from .source import SignalSource, source
from .transform import AnyWindow

__all__ = ["spectral_bandwidth", "spectral_centroid", "spectral_rolloff"]

Array = np.ndarray[Any, Any]


def spectral_centroid(
    *,
    y: Array | None = None,
    sr: float = 22050,
    S: Array | None = None,
    n_fft: int = 2048,
    hop_length: int = 512,
    freq: Array | None = None,
    win_length: int | None = None,
    window: AnyWindow = "hann",
    center: bool = True,
    pad_mode: engine.AnyPadMode = "constant",
) -> Array:
    """Mean frequency of each frame, weighed by its magnitudes.

    Parameters
    ----------
    y : ndarray of float, shape (..., n)
        Samples; any leading axes are channels.
    sr : float
        Sample rate [Hz].
    S : ndarray of real numbers >= 0, shape (..., n_fft // 2 + 1, n_frames)
        A spectrogram; taken if y is given too.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in ``melspectrogram``; with S only n_fft counts.
    freq : ndarray, shape (n_fft // 2 + 1,) or one that broadcasts with S
        Frequencies of the bins [Hz], if they aren't those of a Fourier transform.

    Returns
    -------
    ndarray, shape (..., 1, n_frames)
        In Hz, 0 for silence. float64, with float32's precision if computed from y.

    Raises
    ------
    ParameterError
        If neither y nor S is given, S holds a negative, complex or infinite value, or an argument
        breaks its rule.

    Notes
    -----
    :class:`serfast.SpectralCentroid` names the source. It takes one pass of
    the engine; with `freq` or S it is NumPy's work.

    Examples
    --------
    >>> spectral_centroid(S=np.ones((3, 2)), sr=8000).tolist()
    [[2000.0, 2000.0]]
    """
    given = source(y, S, sr, n_fft, hop_length, win_length, window, center, pad_mode)
    if freq is None and isinstance(given, SignalSource):
        return given.rows(SpectralCentroid, power=1.0).astype(np.float64)
    spectra = given.energies()
    frequencies = _frequencies(freq, given.n_fft, given.sr, spectra)
    dtype = _result_dtype(given.dtype, frequencies)
    return _centroid(_shares(spectra), frequencies).astype(dtype, copy=False)


def _frequencies(freq: Any, n_fft: int, sr: float, S: Array) -> Array:
    """Frequencies of the bins [Hz], of a shape that broadcasts with S; NaN is let through."""
    freq = np.asarray(rfftfreq(n_fft, 1 / sr) if freq is None else freq)
    if freq.ndim == 1:
        freq = freq[:, np.newaxis]
    return _beside("freq", freq, S, f"of {S.shape[-2]} real numbers, or of S's shape {S.shape}")


def _beside(name: str, values: Array, S: Array, rule: str) -> Array:
    """Give the values, if they are real numbers that broadcast with S."""
    try:
        np.broadcast_shapes(values.shape, S.shape)
    except ValueError:
        checks.refuse(name, rule, f"shape {values.shape}")
    if values.dtype.kind not in "biuf":
        checks.refuse(name, rule, f"dtype {values.dtype}")
    return values


def _result_dtype(*parts: Any) -> np.dtype[Any]:
    """Give the widest dtype of the parts; float64 if none is floating-point."""
    dtype = np.result_type(*parts)
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def _shares(S: Array) -> Array:
    """S over its sum in each frame; a frame of (almost) no energy stays as it is."""
    total = np.sum(S, axis=-2, keepdims=True, dtype=np.float64)
    smallest = np.finfo(S.dtype if S.dtype.kind == "f" else np.float32).tiny
    return np.asarray(S / np.where(total < smallest, 1.0, total))


def _centroid(shares: Array, frequencies: Array) -> Array:
    """Σ f S / Σ S."""
    return np.asarray(np.sum(frequencies * shares, axis=-2, keepdims=True))


def spectral_bandwidth(
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
    centroid: Array | None = None,
    norm: bool = True,
    p: float = 2,
) -> Array:
    """Tell how far each frame's magnitudes spread about its centroid.

    Parameters
    ----------
    y, sr, S, n_fft, hop_length, win_length, window, center, pad_mode, freq
        As in :func:`spectral_centroid`.
    centroid : ndarray, shape (..., 1, n_frames)
        What the frequencies are compared with [Hz]; None is the frame's centroid.
    norm : bool
        Whether magnitudes are divided by their sum.
    p : float
        Exponent of the deviation, > 0; 2 gives a standard deviation.

    Returns
    -------
    ndarray, shape (..., 1, n_frames)
        (Σ S |f - centroid|^p)^(1/p): in Hz if `norm`. float64, with float32's precision if
        computed from y.

    Raises
    ------
    ParameterError
        As in :func:`spectral_centroid`.

    Notes
    -----
    :class:`serfast.SpectralBandwidth` names the source. It takes one pass of
    the engine if `freq`, S, `centroid`, `norm` and `p` are the defaults.

    Examples
    --------
    >>> spectral_bandwidth(S=np.array([[1.0], [0.0], [1.0]]), sr=8000).tolist()
    [[2000.0]]
    """
    given = source(y, S, sr, n_fft, hop_length, win_length, window, center, pad_mode)
    exponent = checks.number("p", p, above=0)
    plain = freq is None and centroid is None and bool(norm) and exponent == 2
    if plain and isinstance(given, SignalSource):
        return given.rows(SpectralBandwidth, power=1.0).astype(np.float64)
    spectra = given.energies()
    frequencies = _frequencies(freq, given.n_fft, given.sr, spectra)
    shares = _shares(spectra)
    dtype = _result_dtype(given.dtype, frequencies, p)
    if centroid is None:
        middle = _centroid(shares, frequencies)
    else:
        middle = _given_centroid(centroid, spectra)
        dtype = _result_dtype(dtype, middle)
    weights = shares if norm else spectra
    spread = np.sum(weights * np.abs(frequencies - middle) ** exponent, axis=-2, keepdims=True)
    return np.asarray(spread ** (1 / exponent)).astype(dtype, copy=False)


def _given_centroid(centroid: Any, S: Array) -> Array:
    """Give the caller's centroid, one frequency for each frame."""
    values = np.asarray(centroid)
    rule = f"of shape (..., 1, {S.shape[-1]})"
    if values.ndim < 2 or values.shape[-2] != 1:
        checks.refuse("centroid", rule, f"shape {values.shape}")
    return _beside("centroid", values, S, rule)


def spectral_rolloff(
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
    roll_percent: float = 0.85,
) -> Array:
    """Frequency of the bin up to which a share of each frame's magnitudes lies.

    Parameters
    ----------
    y, sr, S, n_fft, hop_length, win_length, window, center, pad_mode, freq
        As in :func:`spectral_centroid`.
    roll_percent : float
        The share, > 0 and < 1.

    Returns
    -------
    ndarray of float64, shape (..., 1, n_frames)
        In Hz, 0 for silence; exactly the frequency of a bin.

    Raises
    ------
    ParameterError
        As in :func:`spectral_centroid`.

    Notes
    -----
    :class:`serfast.SpectralRolloff` names the source. It takes one pass of
    the engine; with `freq` or S it is NumPy's work.

    Examples
    --------
    >>> spectral_rolloff(S=np.ones((5, 2)), sr=8000, roll_percent=0.5).tolist()
    [[2000.0, 2000.0]]
    """
    if not 0 < checks.number("roll_percent", roll_percent) < 1:
        checks.fail("roll_percent", "> 0 and < 1", roll_percent)
    given = source(y, S, sr, n_fft, hop_length, win_length, window, center, pad_mode)
    if freq is None and isinstance(given, SignalSource):
        rounded = given.rows(SpectralRolloff, power=1.0, share=float(roll_percent))
        bins = np.rint(rounded * (given.n_fft / given.sr)).astype(np.intp)
        return rfftfreq(given.n_fft, 1 / given.sr)[bins]
    spectra = given.energies()
    frequencies = _frequencies(freq, given.n_fft, given.sr, spectra)
    below = np.cumsum(spectra, axis=-2, dtype=_result_dtype(given.dtype))  # as librosa adds up
    reached = below >= roll_percent * below[..., -1:, :]
    candidates = np.where(reached, frequencies.astype(np.float64), np.nan)
    return np.asarray(np.fmin.reduce(candidates, axis=-2, keepdims=True))
