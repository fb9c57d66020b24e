"""Tables of the mel stage: the mel scales, the triangular filter bank, the logarithm's scale."""

from __future__ import annotations

import math
import warnings
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["DECIBEL", "filter_bank", "hz_to_mel", "log_scale", "mel_to_hz"]

Table = np.ndarray[Any, np.dtype[np.float64]]

DECIBEL = 10 / math.log(10)
"""Decibel per neper of power: 10 log10(x) = DECIBEL · ln(x)."""

_LINEAR = 200 / 3  # Slaney: Hz per mel below the break, where mel 15 is 1 kHz
_BREAK_HZ, _BREAK_MEL = 1000.0, 15.0
_LOG_STEP = math.log(6.4) / 27  # Slaney: 27 mel from 1 kHz to 6.4 kHz


def hz_to_mel(hz: ArrayLike, htk: bool = False) -> Table:
    """Frequency [Hz] on the mel scale, Slaney's or HTK's.

    Examples
    --------
    >>> hz_to_mel([500, 1000, 6400]).round(6).tolist()
    [7.5, 15.0, 42.0]
    """
    hz = np.asarray(hz, dtype=np.float64)
    if htk:
        return np.asarray(2595 * np.log10(1 + hz / 700))
    above = _BREAK_MEL + np.log(np.maximum(hz, _BREAK_HZ) / _BREAK_HZ) / _LOG_STEP
    return np.where(hz < _BREAK_HZ, hz / _LINEAR, above)


def mel_to_hz(mel: ArrayLike, htk: bool = False) -> Table:
    """Inverse of :func:`hz_to_mel`.

    Examples
    --------
    >>> mel_to_hz([7.5, 15, 42]).round(6).tolist()
    [500.0, 1000.0, 6400.0]
    """
    mel = np.asarray(mel, dtype=np.float64)
    if htk:
        return np.asarray(700 * (10 ** (mel / 2595) - 1))
    above = _BREAK_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _BREAK_MEL) - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, mel * _LINEAR, above)


def filter_bank(
    *,
    sample_rate: float,
    n_fft: int,
    n_mels: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
    htk: bool = False,
    mel_norm: Literal["slaney"] | None = "slaney",
) -> Table:
    """Triangular filters, evenly spaced on the mel scale.

    Band m rises from edge m to edge m+1 and falls to edge m+2 (Slaney 1998). Warns when a band
    is so narrow that it holds no bin.

    Parameters
    ----------
    sample_rate : float
        Hz.
    n_fft : int
        Length of the transform whose bins are weighted.
    n_mels, fmin, fmax, htk, mel_norm
        As in :class:`serfast.MelPower`.

    Returns
    -------
    ndarray of float64, shape (n_mels, n_fft // 2 + 1)
        Equal to ``librosa.filters.mel(dtype=float64)`` to 1e-12 of its peak.

    Examples
    --------
    >>> filter_bank(sample_rate=16000, n_fft=512, n_mels=40).shape
    (40, 257)
    """
    bins = np.arange(n_fft // 2 + 1) * (sample_rate / n_fft)
    top = sample_rate / 2 if fmax is None else fmax
    mels = np.linspace(hz_to_mel(fmin, htk), hz_to_mel(top, htk), n_mels + 2)
    edges = mel_to_hz(mels, htk)[:, np.newaxis]
    rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    weights = np.maximum(0, np.minimum(rise, fall))
    if mel_norm == "slaney":
        weights *= 2 / (edges[2:] - edges[:-2])
    empty = [m for m in range(n_mels) if not weights[m].any() and edges[m, 0] != 0]
    if empty:
        warnings.warn(
            f"n_mels must be small enough for every band to hold a bin, got {n_mels} with "
            f"{len(empty)} empty bands (the first is {empty[0]}): lower n_mels or raise n_fft",
            stacklevel=2,
        )
    return np.asarray(weights)


def log_scale(log: Literal["db", "ln"]) -> float:
    """Factor on the natural logarithm: 1, or 10 / ln 10 for decibel."""
    return DECIBEL if log == "db" else 1.0
