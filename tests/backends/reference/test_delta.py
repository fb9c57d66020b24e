"""Derivatives over time: the weighted sums of their definition, and the windows at the ends."""

from __future__ import annotations

import numpy as np
import pytest

from serfast.backends.reference.delta import derivative


@pytest.mark.parametrize("n_rows", [5, 6, 30])
def test_it_is_the_sum_over_the_nearest_whole_window(n_rows: int) -> None:
    random = np.random.default_rng(n_rows)
    rows, weights = random.normal(size=(n_rows, 3)), random.normal(size=5)
    expected = np.zeros_like(rows)
    for t in range(n_rows):
        middle = min(max(t, 2), n_rows - 3)
        for j in range(5):
            expected[t] += weights[j] * rows[middle - 2 + j]
    np.testing.assert_allclose(derivative(rows, weights), expected, rtol=1e-12)


def test_fewer_rows_than_weights_have_none() -> None:
    assert derivative(np.ones((4, 2)), np.ones(5)).tolist() == [[0.0, 0.0]] * 4
