"""The beta distribution beside SciPy's, and beside a sum of binomials."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats

from serfast.program.beta import beta_cdf


def binomials(x: float, a: int, b: int) -> float:
    """I_x(a, b) for whole a and b: the probability of at least a successes of a + b - 1."""
    n = a + b - 1
    return math.fsum(math.comb(n, j) * x**j * (1 - x) ** (n - j) for j in range(a, n + 1))


@pytest.mark.parametrize(("a", "b"), [(2, 18), (1, 1), (18, 2), (1, 40), (7, 7)])
def test_whole_parameters(a: int, b: int) -> None:
    for x in np.linspace(0, 1, 101):
        assert beta_cdf(float(x), a, b) == pytest.approx(binomials(x, a, b), rel=2e-14, abs=1e-15)


@pytest.mark.parametrize(
    ("a", "b"), [(2, 34 / 3), (0.5, 0.5), (1e-3, 2.5), (40.5, 60.25), (300, 20)]
)
def test_any_parameters_beside_scipy(a: float, b: float) -> None:
    x = np.linspace(0, 1, 101)
    ours = [beta_cdf(float(one), a, b) for one in x]
    np.testing.assert_allclose(ours, scipy.stats.beta.cdf(x, a, b), rtol=1e-12, atol=1e-14)


def test_it_ascends_from_0_to_1() -> None:
    values = [beta_cdf(float(x), 2, 18) for x in np.linspace(-0.5, 1.5, 201)]
    assert (values[0], values[-1]) == (0.0, 1.0)
    assert np.all(np.diff(values) >= 0)
