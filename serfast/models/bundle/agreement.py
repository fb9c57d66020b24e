"""How closely two back ends must agree, so that a model trained with one can be used with another.

Each feature has a measure of its own: what is relative to a frame's peak says nothing of a
logarithm. The limits are twice those of tests/tolerances.py, where each back end is held against
the reference: here both may be off.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...features.base import Feature
from ...features.delta import Delta
from ...features.energy import RMS, ZeroCrossingRate
from ...features.mel import DECIBEL, LogMel
from ...features.mfcc import MFCC
from ...features.pitch import YIN
from ...features.spec import FeatureSpec
from ...features.spectrum import PowerSpectrum

__all__ = ["LIMITS", "disagreement"]

Rows = np.ndarray[Any, np.dtype[np.float64]]

LIMITS = {
    "zcr": 1e-6,
    "rms": 2e-6,  # relative
    "power": 2e-5,  # of the frame's peak
    "log_mel": 2e-2,  # dB, within LOG_MEL_RANGE of the peak
    "mfcc": 8e-3,  # of decibels
    "yin": 2e-4,  # relative
    "other": 1e-3,  # of the largest value; derivatives
}
LOG_MEL_RANGE = 80.0
"""dB below the loudest band, down to which log-mel is compared."""

SMALLEST = 1e-30
"""What is smaller counts as 0."""


def disagreement(spec: FeatureSpec, rows: Any, expected: Any) -> str | None:
    """Say how rows differ by more than the limits, or give None.

    Parameters
    ----------
    spec : FeatureSpec
    rows, expected : array_like, shape (n, n_columns)
        Rows of the same signal by two back ends.

    Returns
    -------
    str or None
        The feature that is worst off, and by how much.

    Examples
    --------
    >>> import serfast
    >>> spec = serfast.FeatureSpec(features=[serfast.RMS()])
    >>> disagreement(spec, [[0.5]], [[0.5000001]])
    >>> disagreement(spec, [[0.5]], [[0.6]])
    'rms differs by 8e+04 times its tolerance'
    """
    rows, expected = np.asarray(rows, np.float64), np.asarray(expected, np.float64)
    if rows.shape != expected.shape:
        return f"rows must be of shape {expected.shape}, got {rows.shape}"
    worst, name, begin = 0.0, "", 0
    for feature in spec.features:
        columns = slice(begin, begin + len(feature.columns))
        found = excess(feature, rows[:, columns], expected[:, columns])
        if not found <= worst:  # NaN too
            worst, name = found, feature.columns[0]
        begin = columns.stop
    return None if worst <= 1 else f"{name} differs by {worst:.0e} times its tolerance"


def excess(feature: Feature, rows: Rows, expected: Rows) -> float:
    """Largest difference, in units of the feature's tolerance.

    Of pitch it is that of all rows but one in eight: where two troughs of d' differ by no more than
    rounding, the choice between them is a coin's, and F0 anything.
    """
    ratio = np.abs(rows - expected) / tolerance(feature, expected)
    by_row = np.sort(ratio.max(axis=1, initial=0.0))
    base = feature.feature if isinstance(feature, Delta) else feature
    forgiven = len(by_row) // 8 if isinstance(base, YIN) else 0
    return float(by_row[len(by_row) - 1 - forgiven])


def tolerance(feature: Feature, expected: Rows) -> Rows:
    """How far each value may be off."""
    size = np.abs(expected)
    if isinstance(feature, ZeroCrossingRate):
        limit = np.full_like(size, LIMITS["zcr"])
    elif isinstance(feature, RMS):
        limit = LIMITS["rms"] * size
    elif isinstance(feature, YIN):
        limit = LIMITS["yin"] * np.maximum(size, 1)
    elif isinstance(feature, MFCC):
        limit = np.full_like(size, LIMITS["mfcc"] * _decibel(feature))
    elif isinstance(feature, LogMel):
        unit = _decibel(feature)
        loud = expected >= expected.max() - LOG_MEL_RANGE * unit
        limit = np.where(loud, LIMITS["log_mel"] * unit, np.inf)
    elif isinstance(feature, PowerSpectrum):
        limit = LIMITS["power"] * np.broadcast_to(_peak(feature, size), size.shape)
    else:
        limit = np.full_like(size, LIMITS["other"] * size.max(initial=0.0))
    return np.asarray(np.maximum(limit, SMALLEST))


def _decibel(feature: LogMel) -> float:
    """One decibel in the feature's unit."""
    return 1.0 if feature.log == "db" else 1 / DECIBEL


def _peak(feature: PowerSpectrum, size: Rows) -> Rows:
    """Largest value of each frame; without its mean, a constant frame has but rounding left."""
    peak = size.max(axis=1, keepdims=True)
    return np.asarray(np.maximum(peak, 0.01 * peak.max()) if feature.remove_dc else peak)
