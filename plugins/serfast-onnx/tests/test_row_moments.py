"""Means and deviations of rows: NumPy's, with the same bits for all portions."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from serfast_onnx.row_moments import RowMoments


def moments(*portions: np.ndarray) -> RowMoments:
    made = RowMoments(portions[0].shape[1])
    for rows in portions:
        made.add(rows)
    return made


@pytest.mark.parametrize("n", [1, 4, 255, 256, 257, 1000])
def test_they_are_numpys(n):
    x = np.random.default_rng(n).normal(-30, 5, size=(n, 7)).astype(np.float32)
    made = moments(x)
    assert made.n_rows == n
    wide = x.astype(np.float64)
    expected = np.concatenate([wide.mean(axis=0), wide.std(axis=0)])
    np.testing.assert_allclose(made.vector(), expected, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_portions_and_questions_change_no_bit(seed):
    random = np.random.default_rng(seed)
    x = random.normal(size=(500, 3)).astype(np.float32)
    cuts = np.sort(random.integers(0, 501, size=40))
    made = RowMoments(3)
    for rows in np.split(x, cuts):
        made.add(rows)
        made.vector()
    assert np.array_equal(made.vector(), moments(x).vector())


def test_without_rows_they_are_0_and_of_huge_values_there_is_no_warning():
    assert not moments(np.zeros((0, 2))).vector().any()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not np.isfinite(moments(np.full((300, 2), 1e200)).vector()[2:]).any()
        assert np.isfinite(moments(np.full((300, 2), 3e38, np.float32)).vector()).all()
