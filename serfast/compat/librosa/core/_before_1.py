"""The functions that librosa 0.11 has with other arguments than 1.0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _engine as engine
from ..util.deprecation import Deprecated
from ..util.warning import warn_caller
from . import _decibels, _pitch

__all__ = ["power_to_db", "pyin", "yin"]

Array = np.ndarray[Any, np.dtype[np.float64]]


def power_to_db(
    S: Any,
    *,
    ref: float | Callable[[Any], Any] = 1.0,
    amin: float = 1e-10,
    top_db: float | None = 80.0,
) -> Any:
    """Power in decibel, as :func:`._decibels.power_to_db` with one floor for all channels.

    `ref` is called with the magnitudes alone.

    Examples
    --------
    >>> power_to_db(np.array([1.0, 0.1, 1e-12]), ref=lambda S: S.max() / 10).tolist()
    [10.0, 0.0, -70.0]
    """
    return _decibels.levels(S, ref, amin, top_db, axes=None)


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
) -> Array:
    """Fundamental frequency by YIN, as :func:`._pitch.yin`; `win_length` is without effect.

    Examples
    --------
    >>> y = np.sin(2 * np.pi * 220 / 22050 * np.arange(8192))
    >>> yin(y, fmin=65, fmax=2093, center=False).round().tolist()[:3]
    [220.0, 220.0, 220.0]
    """
    _warn_of(win_length)
    return _pitch.yin(
        y,
        fmin=fmin,
        fmax=fmax,
        sr=sr,
        frame_length=frame_length,
        hop_length=hop_length,
        trough_threshold=trough_threshold,
        center=center,
        pad_mode=pad_mode,
    )


def pyin(
    y: np.ndarray[Any, Any],
    *,
    fmin: float,
    fmax: float,
    sr: float = 22050,
    frame_length: int = 2048,
    win_length: int | Deprecated | None = Deprecated(),  # noqa: B008 - a marker, never changed
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
) -> tuple[Array, np.ndarray[Any, np.dtype[np.bool_]], Array]:
    """Fundamental frequency by pYIN, as :func:`._pitch.pyin` with every move of the path allowed.

    `win_length` is without effect.

    Examples
    --------
    >>> y = np.sin(2 * np.pi * 220 / 22050 * np.arange(8192))
    >>> pyin(y, fmin=65, fmax=2093, center=False)[0].round(1).tolist()[:3]
    [219.9, 219.9, 219.9]
    """
    _warn_of(win_length)
    return _pitch.pyin(
        y,
        fmin=fmin,
        fmax=fmax,
        sr=sr,
        frame_length=frame_length,
        hop_length=hop_length,
        n_thresholds=n_thresholds,
        beta_parameters=beta_parameters,
        boltzmann_parameter=boltzmann_parameter,
        resolution=resolution,
        max_transition_rate=max_transition_rate,
        switch_prob=switch_prob,
        no_trough_prob=no_trough_prob,
        fill_na=fill_na,
        center=center,
        pad_mode=pad_mode,
        transition_min_prob=None,
    )


def _warn_of(win_length: Any) -> None:
    if not isinstance(win_length, Deprecated):
        warn_caller(
            "win_length is deprecated, as in librosa 0.11, and has no effect", FutureWarning
        )
