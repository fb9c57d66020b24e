"""How closely rows of two back ends must agree, and what is said if they do not."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers import tolerances as tol
from serfast.models.bundle.agreement import disagreement, excess


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


LEVELS = serfast.FeatureSpec(features=[serfast.RMS(), serfast.ZeroCrossingRate()])


def test_the_feature_that_is_worst_off_is_named() -> None:
    expected = np.array([[0.5, 0.1], [0.25, 0.2]])
    limit = 2 * tol.RMS.limit
    assert disagreement(LEVELS, expected * (1 + np.array([0.9 * limit, 0])), expected) is None
    result = disagreement(LEVELS, expected * (1 + np.array([50 * limit, 0])), expected)
    assert result == "rms differs by 5e+01 times its tolerance"
    result = disagreement(LEVELS, expected * (1 + np.array([50 * limit, 0.5])), expected)
    assert result.startswith("zcr differs by ")


def test_a_value_that_is_no_number_disagrees() -> None:
    expected = np.full((3, 2), 0.5)
    rows = expected.copy()
    rows[1, 1] = np.nan
    assert disagreement(LEVELS, rows, expected) == "zcr differs by nan times its tolerance"
    assert disagreement(LEVELS, rows[:2], expected) == "rows must be of shape (3, 2), got (2, 2)"


@pytest.mark.parametrize(("n_wrong", "agrees"), [(0, True), (2, True), (3, False)])
def test_of_pitch_two_rows_of_sixteen_may_differ(n_wrong: int, agrees: bool) -> None:
    """Where two troughs are tied, the choice is a coin's."""
    expected = np.tile([200.0, 0.1], (16, 1))
    rows = expected.copy()
    rows[:n_wrong, 0] = 100.0
    assert (excess(serfast.YIN(), rows, expected) <= 1) is agrees
