"""Roots of polynomials in pairs: NumPy's roots, and polynomials that are known to be hard."""

from __future__ import annotations

import numpy as np
import pytest

from serfast.features import polynomial_roots
from serfast.features.polynomial_roots import MAX_DEGREE, factors_of, starting_factors


def random_predictor(random: np.random.Generator, degree: int) -> np.ndarray:
    """A polynomial with all roots in the unit circle, from random reflection coefficients."""
    a = np.zeros(degree + 1)
    a[0] = 1
    for m in range(1, degree + 1):
        k = np.tanh(random.normal() * 1.5)
        a[1:m] += k * a[m - 1 : 0 : -1]
        a[m] = k
    return a


def of_factors(factors: np.ndarray) -> np.ndarray:
    """The roots above the real axis, by their angle."""
    roots = np.concatenate([np.roots([1, u, v]) for u, v in factors.T])
    return np.sort_complex(roots[roots.imag > 1e-7])


def of_polynomial(a: np.ndarray) -> np.ndarray:
    """The same by NumPy."""
    roots = np.roots(a)
    return np.sort_complex(roots[roots.imag > 1e-7])


@pytest.mark.parametrize("degree", range(2, MAX_DEGREE + 1, 2))
def test_pairs_are_those_of_numpys_roots(degree: int) -> None:
    random = np.random.default_rng(degree)
    starts = starting_factors(degree // 2).ravel()
    for _ in range(60):
        a = random_predictor(random, degree)
        found, expected = of_factors(factors_of(a, starts)), of_polynomial(a)
        assert len(found) == len(expected)
        np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("degree", [2, 10, 16])
def test_pairs_are_found_without_the_quick_way(
    degree: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polynomial_roots, "_STEPS", 0)
    random = np.random.default_rng(degree)
    starts = starting_factors(degree // 2).ravel()
    for _ in range(40):
        a = random_predictor(random, degree)
        found, expected = of_factors(factors_of(a, starts)), of_polynomial(a)
        assert len(found) == len(expected)
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_most_predictors_need_one_start_and_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    calls = []
    improve = polynomial_roots.improve

    def counted(a: np.ndarray, pairs: np.ndarray) -> float:
        calls.append(len(a))
        return improve(a, pairs)

    monkeypatch.setattr(polynomial_roots, "improve", counted)
    for _ in range(200):
        factors_of(random_predictor(random, 10), starting_factors(5).ravel())
    assert len(calls) < 200 * 30
    assert len(calls) > 200 * 5


@pytest.mark.parametrize(
    "roots",
    [
        [0.5, 0.5, 0.5, 0.5],
        [0.0, 0.0, 0.0, 0.0],
        [0.9j, -0.9j, 0.9j, -0.9j],
        [-0.999, 0.999, 0.2, -0.3],
        [0.3 + 0.4j, 0.3 - 0.4j, 0.3 + 0.4000001j, 0.3 - 0.4000001j],
    ],
)
def test_multiple_and_real_roots_give_finite_factors(roots: list[complex]) -> None:
    """Where there are pairs, they are found to the accuracy that double roots have."""
    a = np.poly(roots).real
    found = of_factors(factors_of(a, starting_factors(2).ravel()))
    assert np.isfinite(found).all()
    for root in found:
        assert np.abs(np.array(roots) - root).min() < 1e-3
