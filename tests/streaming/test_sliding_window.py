"""A sliding window: which rows it covers, each time once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from helpers.windows import windows
from serfast.streaming.sliding_window import SlidingWindow


@given(st.lists(st.integers(0, 40), max_size=30), st.integers(1, 30), st.integers(1, 30))
def test_a_window_is_due_once_and_at_its_last_row(steps, window, hop):
    sliding = SlidingWindow(window, hop)
    n, found = 0, []
    for step in steps:
        n += step
        due = list(sliding.due(n))
        assert all(n - step < stop <= n for _, stop in due)
        found += due
    rest = sliding.rest(n)
    assert found + ([rest] if rest else []) == windows(n, window, hop)
