"""Rows are compared here, each feature by the measure that its tolerance is meant for."""

from __future__ import annotations

import numpy as np

import serfast
from helpers import tolerances as tol
from serfast.features.delta import delta_weights
from serfast.models.bundle.agreement import excess


def column_groups(spec: serfast.FeatureSpec) -> list[tuple[serfast.PowerSpectrum, slice]]:
    """Give each feature with its columns."""
    stops = np.cumsum([len(feature.columns) for feature in spec.features])
    starts = [0, *stops[:-1]]
    return [
        (feature, slice(start, stop))
        for feature, start, stop in zip(spec.features, starts, stops, strict=True)
    ]


def assert_agrees(
    feature: serfast.features.Feature, rows: np.ndarray, expected: np.ndarray
) -> None:
    """Compare one feature of a back end with the reference's.

    Half of the feature's tolerance is allowed, which is meant for two back ends that are both off.
    The former features have limits of their own where these are narrower.
    """
    label = repr(feature)
    if isinstance(feature, serfast.ZeroCrossingRate):
        np.testing.assert_array_equal(rows, expected, err_msg=label)
    elif isinstance(feature, serfast.Delta) and type(feature.feature) is serfast.RMS:  # at most 1
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
    elif type(feature) in (serfast.PowerSpectrum, serfast.MelPower):
        peak = expected.max(axis=1, keepdims=True)
        if feature.remove_dc:  # of a constant frame nothing but rounding stays
            peak = np.maximum(peak, 0.01 * feature.length**2)
        assert np.all(np.abs(rows - expected) <= tol.REFERENCE.limit * peak), label
    else:
        assert excess(feature, rows.astype(float), expected.astype(float)) <= 0.5, label
