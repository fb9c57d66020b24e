"""pyAudioAnalysis' means and deviations of its short-term features over longer windows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import _checks as checks
from .ShortTermFeatures import feature_extraction

__all__ = ["mid_feature_extraction"]

Array = np.ndarray[Any, np.dtype[np.float64]]


def mid_feature_extraction(
    signal: Any,
    sampling_rate: float,
    mid_window: float,
    mid_step: float,
    short_window: float,
    short_step: float,
) -> tuple[Array, Array, list[str]]:
    """Give the mean and the deviation of 68 short-term features over windows of frames.

    Parameters
    ----------
    signal, sampling_rate
        They mean the same as in ``ShortTermFeatures.feature_extraction``.
    mid_window, mid_step : float
        The length and the distance of the windows in samples, rounded to whole short steps, halves
        to the even number. The last windows are as long as there are frames left.
    short_window, short_step : float
        `window` and `step` of the short frames.

    Returns
    -------
    mid_features : ndarray of float64, shape (136, n_windows)
        The 68 means, then the 68 deviations.
    short_features : ndarray of float64, shape (68, n_frames)
    mid_feature_names : list of str

    Raises
    ------
    ParameterError
        As in ``feature_extraction``, or if a window or a step is below one short step: there
        pyAudioAnalysis gives zeros, or never ends.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(size=32000)
    >>> mid, short, names = mid_feature_extraction(noise, 16000, 16000, 8000, 800, 400)
    >>> mid.shape, short.shape, names[0], names[-1]
    ((136, 4), (68, 79), 'zcr_mean', 'delta chroma_std_std')
    """
    hop = checks.number("short_step", short_step, above=0)
    overlap = checks.number("short_window", short_window, above=0) - hop
    length = round((checks.number("mid_window", mid_window) - overlap) / hop)
    distance = round(checks.number("mid_step", mid_step) / hop)
    checks.integer("mid_window in short steps", length, 1)
    checks.integer("mid_step in short steps", distance, 1)
    short, short_names = feature_extraction(signal, sampling_rate, short_window, short_step)
    starts = range(0, short.shape[1], distance)
    mid = np.empty((2 * len(short), len(starts)))
    for i, start in enumerate(starts):
        window = short[:, start : start + length]
        mid[: len(short), i] = window.mean(axis=1)
        mid[len(short) :, i] = window.std(axis=1)
    names = [f"{name}_{what}" for what in ("mean", "std") for name in short_names]
    return mid, short, names
