"""The latest rows of a stream, by their number, and rows that are refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serfast.errors import ParameterError
from serfast.streaming.recent_rows import Recent, checked_rows


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 20))
def test_the_latest_rows_are_there(steps, kept):
    recent = Recent(kept, 1)
    n = 0
    for step in steps:
        recent.extend(np.arange(n, n + step, dtype=np.float32)[:, None])
        n += step
        first = max(0, n - kept)
        assert recent.n_rows == n
        assert recent.between(first, n)[:, 0].tolist() == list(range(first, n))
        assert 1 <= len(recent.room) <= kept


def test_rows_are_rounded_to_float32():
    rows = checked_rows([[0.1, 2], [1e-60, -3]], 2)
    assert rows.dtype == np.float32
    assert rows.tolist() == [[np.float32(0.1), 2], [0, -3]]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1.0, 2.0, 3.0]], r"rows must be of shape \(n, 2\), got \(1, 3\)"),
        ([1.0, 2.0], r"rows must be of shape \(n, 2\), got \(2,\)"),
        ([[1.0, 2.0], [1.0, np.inf]], "rows must be finite, got inf at row 1, column 1"),
        ([[1.0, -1e39]], "rows must be finite, got -inf at row 0, column 1"),
        ([["a", "b"]], "rows must be an array of numbers"),
    ],
)
def test_rows_that_are_none_are_named(rows, message):
    with pytest.raises(ParameterError, match=message):
        checked_rows(rows, 2)
