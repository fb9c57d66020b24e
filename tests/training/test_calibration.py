"""Calibration: the error against its formula, the curve against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from serfast.errors import ParameterError
from serfast.training import calibration as report


@pytest.mark.parametrize("bins", [1, 7, 15])
def test_the_curve_is_scikit_learns(bins: int) -> None:
    rng = np.random.default_rng(bins)
    probability = rng.uniform(0.3, 1, 200)
    right = rng.random(200) < probability
    curve = report.reliability_curve(probability, right, bins=bins)
    share, mean = calibration_curve(right, probability, n_bins=bins)
    some = curve.answers > 0
    np.testing.assert_allclose(curve.right[some], share, rtol=1e-12)
    np.testing.assert_allclose(curve.probability[some], mean, rtol=1e-12)
    assert len(curve.answers) == bins
    assert curve.answers.sum() == 200
    assert not curve.right[~some].any()


def error_by_hand(probability: np.ndarray, right: np.ndarray, bins: int) -> float:
    """Guo et al. 2017, eq. 3, bin by bin."""
    total = 0.0
    for m in range(bins):
        inside = (probability > m / bins) & (probability <= (m + 1) / bins)
        if inside.any():
            difference = right[inside].mean() - probability[inside].mean()
            total += inside.sum() / len(right) * abs(difference)
    return total


@pytest.mark.parametrize("bins", [1, 7, 15])
def test_calibration_error_is_that_of_its_formula(bins: int) -> None:
    rng = np.random.default_rng(bins)
    probability = rng.uniform(0.15, 1, 300)
    right = rng.random(300) < probability**2
    error = report.expected_calibration_error(probability, right, bins=bins)
    assert error == pytest.approx(error_by_hand(probability, right, bins), rel=1e-9)
    assert error > 0.05


def test_calibration_error_of_the_certain() -> None:
    assert report.expected_calibration_error([1.0, 1.0], [True, True]) == 0
    assert report.expected_calibration_error([1.0, 1.0], [False, False]) == 1
    assert report.expected_calibration_error([0.0], [False]) == 0
    both = report.expected_calibration_error([1.0, 0.5], [True, False], bins=2)
    assert both == pytest.approx(0.25)
    last = report.expected_calibration_error([1.0, 0.75], [False, True], bins=2)
    assert last == pytest.approx(0.375)  # an answer of which the model is sure is in the last bin


def test_calibration_error_of_a_calibrated_model_falls_with_the_answers() -> None:
    """The docstring says 0.05 for 400 answers."""
    rng = np.random.default_rng(0)
    errors = {}
    for n in (400, 40_000):
        draws = []
        for _ in range(20):
            probability = rng.uniform(0.3, 1, n)
            draws.append(
                report.expected_calibration_error(probability, rng.random(n) < probability)
            )
        errors[n] = np.mean(draws)
    assert errors[400] == pytest.approx(0.05, abs=0.01)
    assert errors[40_000] < 0.01


@pytest.mark.parametrize(
    ("probability", "right", "message"),
    [
        ([], [], "probability must be at least 1 number from 0 to 1"),
        ([1.1], [True], "probability must be at least 1 number from 0 to 1"),
        ([float("nan")], [True], "probability must be at least 1 number from 0 to 1"),
        ([[0.5]], [[True]], "probability must be at least 1 number from 0 to 1"),
        ([0.5], [1], r"right must be an array of bool, shape \(1,\)"),
        ([0.5], [True, True], r"right must be an array of bool, shape \(1,\)"),
    ],
)
def test_what_has_no_calibration_error(probability: list, right: list, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        report.expected_calibration_error(probability, right)
    with pytest.raises(ParameterError, match=message):
        report.reliability_curve(probability, right)
    with pytest.raises(ParameterError, match="bins must be an int >= 1"):
        report.expected_calibration_error([0.5], [True], bins=0)
