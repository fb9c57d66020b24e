"""Linear prediction: SciPy's solution of the normal equations, and what rounding may not break."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import solve_toeplitz

from serfast.features.linear_prediction import predictor


@pytest.mark.parametrize("order", [1, 2, 7, 10, 16])
def test_it_solves_the_normal_equations(order: int) -> None:
    x = np.random.default_rng(order).normal(size=400)
    x = np.convolve(x, [1, 1.3, 0.9, 0.2])
    r = np.array([x[: len(x) - k] @ x[k:] for k in range(order + 1)])
    expected = solve_toeplitz(r[:-1], -r[1:])
    found = predictor(r, order, 0.0, 1.0)
    assert found[0] == 1
    np.testing.assert_allclose(found[1:], expected, atol=1e-10)


def test_white_noise_is_added_to_the_energy() -> None:
    r = np.array([1.0, 0.9, 0.7])
    found = predictor(r, 2, 0.5, 1.0)
    expected = solve_toeplitz([1.5, 0.9], [-0.9, -0.7])
    np.testing.assert_allclose(found[1:], expected, atol=1e-12)


def test_its_roots_stay_inside_the_unit_circle_whatever_rounding_does() -> None:
    """A tone has roots on the circle; with r(2) a little too small they would be outside."""
    r = np.cos(0.3 * np.arange(3)) - np.array([0, 0, 1e-7])
    assert np.abs(np.roots(predictor(r, 2, 0.0, 10.0))).max() > 1  # without the limit
    assert np.abs(np.roots(predictor(r, 2, 0.0, 1 - 1e-6))).max() < 1


def test_a_tone_gives_finite_coefficients() -> None:
    r = np.cos(0.3 * np.arange(11)) + 1e-7 * np.random.default_rng(1).normal(size=11)
    assert np.abs(predictor(r, 10, 0.0, 1 - 1e-6)).max() < 1000
