"""Fundamental frequency by YIN and pYIN, as librosa 1.0 calls them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .... import _checks as checks
from ....features import YIN
from ....features.pitch import lag_range
from ....program.pyin import PyinTables
from .. import _engine as engine
from ..util.utils import check_audio
from ..util.warning import warn_caller
from ._pyin import Pitches, step_width, track

__all__ = ["pyin", "yin"]

Array = np.ndarray[Any, np.dtype[np.float64]]


def yin(
    y: np.ndarray[Any, Any],
    *,
    fmin: float,
    fmax: float,
    sr: float = 22050,
    frame_length: int = 2048,
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
    threshold = float(np.clip(trough_threshold, 1e-38, 1e30))  # the troughs chosen stay the same
    feature, sr = _checked(y, fmin, fmax, sr, frame_length, threshold)
    hop = frame_length // 4 if hop_length is None else hop_length
    rows = engine.rows(y, feature, sr=sr, hop_length=hop, center=center, pad_mode=pad_mode)
    return rows[..., 0].astype(np.float64)


def pyin(
    y: np.ndarray[Any, Any],
    *,
    fmin: float,
    fmax: float,
    sr: float = 22050,
    frame_length: int = 2048,
    hop_length: int | None = None,
    n_thresholds: int = 100,
    beta_parameters: tuple[float, float] = (2, 18),
    boltzmann_parameter: float = 2,
    resolution: float = 0.1,
    max_transition_rate: float = 35.92,
    switch_prob: float = 0.01,
    no_trough_prob: float = 0.01,
    fill_na: float | None = np.nan,
    center: bool = True,
    pad_mode: engine.AnyPadMode = "constant",
    transition_min_prob: float | None = 1e-4,
) -> tuple[Array, np.ndarray[Any, np.dtype[np.bool_]], Array]:
    """Fundamental frequency by pYIN: candidates for each frame, and the best path through them.

    Parameters
    ----------
    y : ndarray of float, shape (..., n)
        Samples; any leading axes are channels, each with a path of its own.
    fmin, fmax, sr, frame_length, hop_length, center, pad_mode
        As for :func:`yin`.
    n_thresholds : int
        Thresholds of the troughs, evenly spaced up to 1.
    beta_parameters : pair of float
        Of the beta distribution that the thresholds have, > 0.
    boltzmann_parameter : float
        How much more the first of the troughs below a threshold counts, > 0: the next one is
        exp(boltzmann_parameter) times less probable.
    resolution : float
        Distance between the pitches [semitones], > 0; 1 / resolution is rounded up.
    max_transition_rate : float
        Fastest change of the pitch [octaves per second], >= 0; rounded to semitones per frame.
    switch_prob : float
        Probability that a voiced frame follows an unvoiced one, or the other way round, 0 to 1.
    no_trough_prob : float
        Share of the thresholds below the lowest trough that it gets nevertheless, 0 to 1.
    fill_na : float or None
        F0 of unvoiced frames; None is the best path's pitch.
    transition_min_prob : float or None
        Moves that are less probable are left out; it isn't faster here. None or 0 is the exact
        path, as in librosa 0.11.

    Returns
    -------
    f0 : ndarray of float64, shape (..., n_frames)
        F0 [Hz], of the pitches from fmin to fmax.
    voiced_flag : ndarray of bool, shape (..., n_frames)
        Whether the frame is voiced.
    voiced_prob : ndarray of float64, shape (..., n_frames)
        How probable the frame's candidates are together, 0 to 1; the path decides, not this.

    Raises
    ------
    ParameterError
        If an argument breaks its rule, or y is not finite floating-point audio or is too short.

    Notes
    -----
    The source is Mauch and Dixon, "pYIN", Proc. ICASSP 2014, 659-663. Everything is computed in
    float64. It needs the whole recording, so there is no stream; of equal paths the one with the
    lower pitches is chosen, and voiced before unvoiced, as in librosa.

    Examples
    --------
    >>> y = np.sin(2 * np.pi * 220 / 22050 * np.arange(8192))
    >>> f0, voiced, probability = pyin(y, fmin=65, fmax=2093, center=False)
    >>> f0.round(1).tolist()[:3], bool(voiced.all()), float(probability.min().round(3))
    ([219.9, 219.9, 219.9], True, 0.946)
    """
    feature, sr = _checked(y, fmin, fmax, sr, frame_length)
    hop = checks.integer("hop_length", frame_length // 4 if hop_length is None else hop_length)
    checks.integer("n_thresholds", n_thresholds)
    if not isinstance(beta_parameters, tuple | list) or len(beta_parameters) != 2:
        checks.fail("beta_parameters", "a pair of numbers", beta_parameters)
    for name, value in (("switch_prob", switch_prob), ("no_trough_prob", no_trough_prob)):
        if not 0 <= checks.number(name, value) <= 1:
            checks.fail(name, "a number from 0 to 1", value)
    rate = checks.number("max_transition_rate", max_transition_rate, minimum=0)
    least = transition_min_prob
    if least is not None:
        least = checks.number("transition_min_prob", least, minimum=0)
    a, b = (checks.number("beta_parameters", x, above=0) for x in beta_parameters)
    pitches = Pitches(
        fmin=feature.fmin,
        fmax=feature.fmax,
        resolution=checks.number("resolution", resolution, above=0),
    )
    min_lag, max_lag = lag_range(
        sample_rate=sr,
        fmin=feature.fmin,
        fmax=feature.fmax,
        frame_length=frame_length,
        warn=lambda message: None,  # _checked has warned
    )
    tables = PyinTables(
        frame_length=frame_length,
        hop_length=hop,
        min_lag=min_lag,
        max_lag=max_lag,
        n_thresholds=n_thresholds,
        beta_parameters=(a, b),
        boltzmann_parameter=checks.number("boltzmann_parameter", boltzmann_parameter, above=0),
        no_trough_prob=float(no_trough_prob),
        n_states=pitches.count,
        width=step_width(rate, sr, hop, pitches),
        switch_prob=float(switch_prob),
        transition_min_prob=least,
    )
    y = engine.padded(y, frame_length, center, pad_mode)
    n_frames = 1 + (y.shape[-1] - frame_length) // hop
    f0, voiced, probability = np.empty((3, *y.shape[:-1], n_frames))
    for channel in np.ndindex(y.shape[:-1]):
        f0[channel], voiced[channel], probability[channel] = track(y[channel], sr, pitches, tables)
    flags = voiced.astype(bool)
    if fill_na is not None:
        f0[~flags] = fill_na
    return f0, flags, probability


def _checked(
    y: Any,
    fmin: Any,
    fmax: Any,
    sr: Any,
    frame_length: Any,
    threshold: float = 0.1,
) -> tuple[YIN, float]:
    """Give the feature YIN and sr if these arguments are right; warn as librosa does."""
    if fmin is None or fmax is None:
        checks.refuse("fmin and fmax", "both given", f"fmin={fmin!r}, fmax={fmax!r}")
    check_audio(y)
    feature = YIN(frame_length=frame_length, fmin=fmin, fmax=fmax, threshold=threshold)
    sr = checks.number("sr", sr, above=0)
    feature.check(sr)
    if sr / fmin >= frame_length // 2:
        warn_caller(
            f"less than two periods of fmin={fmin:g} Hz fit into frame_length={frame_length}: "
            f"pitch near it is unreliable; raise fmin to {2 * sr / frame_length:.1f} or "
            f"frame_length to {2 * int(np.ceil(sr / fmin)) + 1}"
        )
    return feature, sr
