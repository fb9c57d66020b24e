"""How power is shared among pitch classes, as librosa calls it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .... import _checks as checks
from ....features import Chroma, PowerSpectrum
from ....features.chroma import chroma_bank
from .. import _engine as engine
from ..core._tuning import estimated_tuning
from .source import SignalSource, source
from .transform import AnyWindow

__all__ = ["chroma_stft"]

Array = np.ndarray[Any, Any]

NORMS: dict[float | None, str | None] = {np.inf: "max", 1: "sum", 2: "length", None: None}
"""The engine's names of librosa's norms."""

LEAST = 1.2e-38
"""A smaller norm isn't divided by."""


def chroma_stft(
    *,
    y: Array | None = None,
    sr: float = 22050,
    S: Array | None = None,
    norm: float | None = np.inf,
    n_fft: int = 2048,
    hop_length: int = 512,
    win_length: int | None = None,
    window: AnyWindow = "hann",
    center: bool = True,
    pad_mode: engine.AnyPadMode = "constant",
    tuning: float | None = None,
    n_chroma: int = 12,
    **kwargs: Any,
) -> Array:
    """Share of each pitch class in the power of each frame, from C on.

    Parameters
    ----------
    y : ndarray of float, shape (..., n)
        Samples; any leading axes are channels.
    sr : float
        Sample rate [Hz].
    S : ndarray of real numbers >= 0, shape (..., n_fft // 2 + 1, n_frames)
        A power spectrogram; taken if y is given too.
    norm : float or None
        Which norm of a frame is made 1: the largest value (inf), the smallest (-inf), how many
        aren't 0 (0), or the p-norm for p > 0. None: none.
    n_fft, hop_length, win_length, window, center, pad_mode
        As in ``melspectrogram``; with S only n_fft counts.
    tuning : float or None
        How far pitches lie above those with A at 440 Hz [pitch classes]. None estimates it from the
        peaks of all spectra between 150 and 4000 Hz, to 0.01.
    n_chroma : int
        Pitch classes in an octave.
    **kwargs
        ``ctroct``, ``octwidth``, ``base_c``: see :class:`serfast.Chroma`; ``dtype`` of the bank.

    Returns
    -------
    ndarray, shape (..., n_chroma, n_frames)
        float64 if y, S or dtype is, with float32's precision if computed from y.

    Raises
    ------
    ParameterError
        If neither y nor S is given, S holds a negative, complex or infinite value, or an argument
        breaks its rule.
    TypeError
        If there is no such keyword.

    Notes
    -----
    With a tuning and a norm of inf, 1, 2 or None it takes one pass of the engine. Otherwise NumPy
    weighs the engine's power spectra, or S.

    Examples
    --------
    >>> y = np.sin(2 * np.pi * 440 / 22050 * np.arange(22050))
    >>> chroma_stft(y=y).shape, int(chroma_stft(y=y)[:, 20].argmax())  # A is the tenth from C
    ((12, 44), 9)
    """
    given = source(y, S, sr, n_fft, hop_length, win_length, window, center, pad_mode)
    dtype, bank = _bank_arguments(n_chroma, **kwargs)
    norm = _checked_norm(norm)
    if tuning is not None:
        tuning = checks.number("tuning", tuning)
        if isinstance(given, SignalSource) and norm in NORMS:
            rows = given.rows(Chroma, tuning=tuning, norm=NORMS[norm], amin=LEAST, **bank)
            return rows.astype(np.result_type(given.dtype, dtype), copy=False)
    if isinstance(given, SignalSource):
        power = given.rows(PowerSpectrum).astype(given.dtype, copy=False)
    else:
        power = given.energies()
    if tuning is None:
        tuning = estimated_tuning(power, sr=given.sr, n_fft=given.n_fft, bins_per_octave=n_chroma)
    weights = chroma_bank(sample_rate=given.sr, n_fft=given.n_fft, tuning=tuning, **bank)
    return _normalized(weights.astype(dtype) @ power, norm)


def _bank_arguments(
    n_chroma: int,
    *,
    ctroct: float = 5.0,
    octwidth: float | None = 2,
    base_c: bool = True,
    dtype: DTypeLike = np.float32,
) -> tuple[np.dtype[Any], dict[str, Any]]:
    """Give the dtype, and the other arguments of a bank, if they are right."""
    if np.dtype(dtype).kind != "f":
        checks.fail("dtype", "a floating-point dtype", dtype)
    width = None if octwidth is None else checks.number("octwidth", octwidth, above=0)
    return np.dtype(dtype), {
        "n_chroma": checks.integer("n_chroma", n_chroma),
        "ctroct": checks.number("ctroct", ctroct),
        "octwidth": width,
        "base_c": bool(base_c),
    }


def _checked_norm(norm: Any) -> float | None:
    """Give the norm, if it is one of a vector."""
    if norm is None:
        return None
    if isinstance(norm, float) and np.isinf(norm):
        return float(norm)
    value = checks.number("norm", norm)
    if value < 0:
        checks.fail("norm", "None, a number >= 0, inf or -inf", norm)
    return value


def _normalized(chroma: Array, norm: float | None) -> Array:
    """Give each frame over its norm; a frame of (almost) no length stays as it is."""
    if norm is None:
        return chroma
    if not chroma.size:
        return chroma
    length = np.linalg.norm(chroma.astype(np.float64), ord=norm, axis=-2, keepdims=True)
    small = length < np.finfo(chroma.dtype).tiny
    return np.asarray(chroma / np.where(small, 1, length).astype(chroma.dtype, copy=False))
