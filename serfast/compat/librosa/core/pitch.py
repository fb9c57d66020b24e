"""Fundamental frequency by YIN, as librosa calls it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .... import _checks as checks
from ....features import YIN
from .. import _engine as engine
from ..util.deprecation import Deprecated
from ..util.utils import check_audio

__all__ = ["yin"]


def yin(
    y: np.ndarray[Any, Any],
    *,
    fmin: float,
    fmax: float,
    sr: float = 22050,
    frame_length: int = 2048,
    win_length: int | Deprecated | None = Deprecated(),  # noqa: B008 - a marker, never changed
    hop_length: int | None = None,
    trough_threshold: float = 0.1,
    center: bool = True,
    pad_mode: engine.AnyPadMode = "constant",
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Fundamental frequency by YIN.

    Parameters
    ----------
    y : ndarray of float, shape (..., n)
        Samples; any leading axes are channels.
    fmin, fmax : float
        Range of F0 [Hz], 0 < fmin < fmax <= sr / 2.
    sr : float
        Sample rate [Hz].
    frame_length : int
        Samples per frame; more than one period of fmin, and a warning below two.
    win_length : int
        Deprecated in librosa 0.11 and without effect.
    hop_length : int or None
        Samples between frames; None is ``frame_length // 4``.
    trough_threshold : float
        The first trough below it is the period; the deepest point if there is none.
    center : bool
        Whether frame t is centred on sample ``t * hop_length``, rather than beginning there.
    pad_mode : str or callable
        What centred frames find beyond the signal's ends: any mode of :func:`numpy.pad`.

    Returns
    -------
    ndarray of float64, shape (..., n_frames)
        F0 [Hz], for every frame, voiced or not.

    Raises
    ------
    ParameterError
        If an argument breaks its rule, or y is not finite floating-point audio or is too short.

    Notes
    -----
    See :class:`serfast.YIN` for the source, and for how to have the aperiodicity along with it.

    Examples
    --------
    >>> y = np.sin(2 * np.pi * 220 / 22050 * np.arange(8192))
    >>> yin(y, fmin=65, fmax=2093, center=False).round().tolist()[:3]
    [220.0, 220.0, 220.0]
    """
    if fmin is None or fmax is None:
        checks.refuse("fmin and fmax", "both given", f"fmin={fmin!r}, fmax={fmax!r}")
    if not isinstance(win_length, Deprecated):
        warnings.warn(
            "win_length is deprecated, as in librosa 0.11, and has no effect",
            FutureWarning,
            stacklevel=2,
        )
    check_audio(y)
    feature = YIN(
        frame_length=frame_length, fmin=fmin, fmax=fmax, threshold=_threshold(trough_threshold)
    )
    feature.check(checks.number("sr", sr, above=0))
    if sr / fmin >= frame_length // 2:
        warnings.warn(
            f"less than two periods of fmin={fmin:g} Hz fit into frame_length={frame_length}: "
            f"pitch near it is unreliable; raise fmin to {2 * sr / frame_length:.1f} or "
            f"frame_length to {2 * int(np.ceil(sr / fmin)) + 1}",
            stacklevel=2,
        )
    hop = frame_length // 4 if hop_length is None else hop_length
    rows = engine.rows(y, feature, sr=sr, hop_length=hop, center=center, pad_mode=pad_mode)
    return rows[..., 0].astype(np.float64)


def _threshold(trough_threshold: float) -> float:
    """Give the threshold, limited to what the engine takes; the troughs chosen stay the same."""
    return float(np.clip(trough_threshold, 1e-38, 1e30))
