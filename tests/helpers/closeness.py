"""How rows are held against others: each feature by the measure that its tolerance is meant for."""

from __future__ import annotations

import numpy as np

import serfast
from helpers import tolerances as tol
from serfast.features.delta import delta_weights


def column_groups(spec: serfast.FeatureSpec) -> list[tuple[serfast.PowerSpectrum, slice]]:
    """Each feature with its columns."""
    stops = np.cumsum([len(feature.columns) for feature in spec.features])
    starts = [0, *stops[:-1]]
    return [
        (feature, slice(start, stop))
        for feature, start, stop in zip(spec.features, starts, stops, strict=True)
    ]


def assert_agrees(feature: object, rows: np.ndarray, expected: np.ndarray) -> None:
    """Compare one feature by the measure that its tolerance is meant for."""
    label = repr(feature)
    if isinstance(feature, serfast.ZeroCrossingRate):
        np.testing.assert_array_equal(rows, expected, err_msg=label)
    elif isinstance(feature, serfast.Delta):  # of RMS, which is at most 1
        weights = np.abs(delta_weights(feature.width, feature.order)).sum()
        np.testing.assert_allclose(rows, expected, atol=tol.RMS.limit * weights, err_msg=label)
    elif isinstance(feature, serfast.RMS):
        np.testing.assert_allclose(rows, expected, rtol=tol.RMS.limit, err_msg=label)
    elif isinstance(feature, serfast.YIN):
        close = np.isclose(rows, expected, rtol=tol.YIN.limit, atol=tol.YIN.limit).all(axis=1)
        assert close.mean() >= 0.99, label
    elif isinstance(feature, serfast.MFCC):
        peak = np.abs(expected).max()
        np.testing.assert_allclose(rows, expected, atol=tol.MFCC.limit * peak / 100, err_msg=label)
    elif isinstance(feature, serfast.LogMel):
        loud = expected >= expected.max() - tol.LOG_MEL_RANGE * log_unit(feature)
        error = np.abs(rows - expected)[loud] / log_unit(feature)
        assert error.max() <= tol.LOG_MEL.limit, label
    else:
        peak = expected.max(axis=1, keepdims=True)
        if feature.remove_dc:  # of a constant frame nothing but rounding stays
            peak = np.maximum(peak, 0.01 * feature.length**2)
        assert np.all(np.abs(rows - expected) <= tol.REFERENCE.limit * peak), label


def log_unit(feature: serfast.LogMel) -> float:
    """One decibel in the feature's unit."""
    return 1.0 if feature.log == "db" else float(np.log(10) / 10)
