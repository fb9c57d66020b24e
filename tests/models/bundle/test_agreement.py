"""How closely rows of two back ends must agree, and what is said if they do not."""

from __future__ import annotations

import numpy as np

import serfast
from helpers import tolerances as tol


def test_the_limits_between_back_ends_are_twice_those_of_the_table() -> None:
    """Each may be off from the reference by the table's."""

    def limits(feature: serfast.features.Feature, *values: float) -> list[float]:
        return feature.tolerance(np.array([values])).ravel().tolist()

    assert limits(serfast.RMS(), 3.0) == [3 * 2 * tol.RMS.limit]
    assert limits(serfast.PowerSpectrum(), 3.0, 1.0) == [3 * 2 * tol.REFERENCE.limit] * 2
    assert limits(serfast.LogMel(), 0.0) == [2 * tol.LOG_MEL.limit]
    assert limits(serfast.MFCC(), 5.0) == [2 * tol.MFCC.limit]
    assert limits(serfast.YIN(), 300.0, 0.1) == [300 * 2 * tol.YIN.limit, 2 * tol.YIN.limit]
    beyond = limits(serfast.LogMel(), 0.0, -tol.LOG_MEL_RANGE, -tol.LOG_MEL_RANGE - 1)
    assert beyond == [2 * tol.LOG_MEL.limit] * 2 + [np.inf]
