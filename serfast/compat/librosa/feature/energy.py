"""Features of the bare frame, as librosa calls them: RMS and zero-crossing rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .... import _checks as checks
from ....features import RMS, ZeroCrossingRate
from ....features.framing import pad
from .. import _engine as engine
from .._installed import BEFORE_1
from ..util.utils import check_audio, check_finite, frame

__all__ = ["rms", "zero_crossing_rate"]

Array = np.ndarray[Any, Any]

ANY_RATE = 1.0  # neither feature depends on the sample rate


def rms(
    *,
    y: Array | None = None,
    S: Array | None = None,
    frame_length: int = 2048,
    hop_length: int = 512,
    center: bool = True,
    pad_mode: engine.AnyPadMode = "constant",
    dtype: DTypeLike = np.float32,
) -> Array:
    """Root mean square of each frame, from samples or from a magnitude spectrogram.

    Parameters
    ----------
    y : ndarray, shape (..., n)
        Samples; any leading axes are channels. Taken if S is given too. With librosa 0.11 installed
        integers and complex numbers (their magnitudes) may be given, as there.
    S : ndarray, shape (..., frame_length // 2 + 1, n_frames)
        Magnitudes (or the complex values) of an STFT with a boxcar window.
    frame_length : int
        Samples per frame.
    hop_length : int
        Samples between frames.
    center : bool
        Whether frame t is centred on sample ``t * hop_length``, rather than beginning there.
    pad_mode : str or callable
        What centred frames find beyond the signal's ends: any mode of :func:`numpy.pad`.
    dtype : dtype
        Of the result; what is computed from y has float32's precision in any case.

    Returns
    -------
    ndarray, shape (..., 1, n_frames)

    Raises
    ------
    ParameterError
        If neither y nor S is given, S doesn't fit frame_length, y is empty, not finite or too
        short, or another argument breaks its rule.

    Examples
    --------
    >>> rms(y=np.full(2048, 0.5), center=False).tolist()
    [[0.5]]
    """
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        checks.fail("dtype", "a floating-point dtype", dtype)
    if y is None and S is None:
        checks.refuse("y or S", "given", "neither")
    if y is None:
        return _rms_of_spectrogram(S, frame_length, dtype)
    if BEFORE_1:
        y = _real_samples(y)
    else:
        check_audio(y)
    rows = engine.rows(
        y,
        RMS(frame_length=frame_length),
        sr=ANY_RATE,
        hop_length=hop_length,
        center=center,
        pad_mode=pad_mode,
    )
    return np.swapaxes(rows, -1, -2).astype(dtype, copy=False)


def _real_samples(y: Any) -> Array:
    """Give real samples unchanged, and complex ones as magnitudes."""
    if not isinstance(y, np.ndarray) or y.dtype.kind not in "biufc":
        checks.fail("y", "a numpy.ndarray of numbers", y)
    if y.ndim == 0:
        checks.refuse("y", "at least one-dimensional", "a scalar")
    return np.abs(y) if y.dtype.kind == "c" else y


def _rms_of_spectrogram(S: Any, frame_length: int, dtype: np.dtype[Any]) -> Array:
    """Give the RMS by Parseval's theorem; the bins at 0 and sr / 2 count half as much as others."""
    S = np.asarray(S)
    checks.integer("frame_length", frame_length)
    if S.ndim < 2 or S.shape[-2] != frame_length // 2 + 1:
        rule = f"of shape (..., frame_length // 2 + 1 = {frame_length // 2 + 1}, n_frames)"
        checks.refuse("S", rule, f"shape {S.shape}")
    power = np.square(np.abs(S), dtype=dtype)
    power[..., 0, :] *= 0.5
    if frame_length % 2 == 0:
        power[..., -1, :] *= 0.5
    total = power.sum(axis=-2, keepdims=True)
    return np.asarray(np.sqrt(2 * total / int(frame_length) ** 2))


@dataclass(frozen=True, kw_only=True)
class Crossings:
    """It has the arguments of librosa.zero_crossings, which :func:`zero_crossing_rate` takes too.

    Parameters
    ----------
    threshold : float
        Samples within ±threshold count as zero.
    ref_magnitude : float or callable or None
        Factor on the threshold, or a function of the frames' magnitudes that gives one number.
    pad : bool
        Whether the first sample of each frame counts as a crossing.
    zero_pos : bool
        Whether zero is positive; if not, it is a sign of its own.
    axis : int
        Without effect: crossings are counted along the frame.
    """

    threshold: float = 1e-10
    ref_magnitude: float | Callable[[Array], Any] | None = None
    pad: bool = False
    zero_pos: bool = True
    axis: int = -2


def zero_crossing_rate(
    y: Array,
    *,
    frame_length: int = 2048,
    hop_length: int = 512,
    center: bool = True,
    **kwargs: Any,
) -> Array:
    """Share of each frame's samples at which the sign changes.

    Parameters
    ----------
    y : ndarray of float, shape (..., n)
        Samples; any leading axes are channels.
    frame_length : int
        Samples per frame.
    hop_length : int
        Samples between frames.
    center : bool
        Whether frame t is centred on sample ``t * hop_length``, rather than beginning there.
        Beyond the signal's ends it finds the nearest sample.
    **kwargs
        ``threshold`` (1e-10), ``ref_magnitude`` (None), ``pad`` (False), ``zero_pos`` (True): see
        :class:`Crossings`.

    Returns
    -------
    ndarray of float64, shape (..., 1, n_frames)
        A whole number over frame_length, exactly.

    Raises
    ------
    ParameterError
        If an argument breaks its rule, ref_magnitude gives more than one number, or y is not
        finite floating-point audio or is too short.
    TypeError
        If there is no such keyword.

    Examples
    --------
    >>> zero_crossing_rate(np.array([1.0, -1.0, 1.0, 1.0]), frame_length=4, center=False).tolist()
    [[0.5]]
    """
    crossings = Crossings(**kwargs)
    check_audio(y)
    checks.integer("frame_length", frame_length)
    threshold = _threshold(crossings, y, frame_length, hop_length, center)
    if crossings.zero_pos:
        counts = _sign_changes(y, threshold, frame_length, hop_length, center)
    else:
        counts = _ternary_changes(y, threshold, frame_length, hop_length, center)
    if crossings.pad:
        counts += 1
    return counts[..., np.newaxis, :] / int(frame_length)


def _threshold(
    crossings: Crossings, y: Array, frame_length: int, hop_length: int, center: bool
) -> float:
    """Give the threshold in the samples' unit; a negative one acts like 0."""
    factor: Any = 1.0 if crossings.ref_magnitude is None else crossings.ref_magnitude
    if callable(factor):
        padded = pad(y, frame_length, "edge", bool(center))
        factor = factor(np.abs(frame(padded, frame_length=frame_length, hop_length=hop_length)))
    if np.ndim(factor) != 0:
        checks.refuse("ref_magnitude", "one number for all frames", f"shape {np.shape(factor)}")
    threshold = checks.number("threshold", crossings.threshold)
    return max(0.0, threshold * checks.number("ref_magnitude", factor))


def _sign_changes(
    y: Array, threshold: float, frame_length: int, hop_length: int, center: bool
) -> Array:
    """Give the engine's count of changes between negative and not negative in each frame."""
    if y.dtype != np.float32:
        check_finite(y)
        y = np.where(y < -threshold, np.float32(-1), np.float32(1))  # signs survive float32
        threshold = 0.0
    rows = engine.rows(
        y,
        ZeroCrossingRate(frame_length=frame_length, threshold=float(np.float32(threshold))),
        sr=ANY_RATE,
        hop_length=hop_length,
        center=center,
        pad_mode="edge",
    )
    return np.rint(rows[..., 0].astype(np.float64) * int(frame_length))


def _ternary_changes(
    y: Array, threshold: float, frame_length: int, hop_length: int, center: bool
) -> Array:
    """Give the count of changes between -1, 0 and 1 in each frame, from a running count."""
    check_finite(y)
    signs = np.sign(np.where(np.abs(y) <= threshold, 0, y))
    signs = pad(signs, frame_length, "edge", bool(center))
    total = np.zeros(signs.shape, dtype=np.float64)
    np.cumsum(signs[..., 1:] != signs[..., :-1], axis=-1, out=total[..., 1:])
    ends = frame(total, frame_length=frame_length, hop_length=hop_length)
    return np.asarray(ends[..., -1, :] - ends[..., 0, :])
