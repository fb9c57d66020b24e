"""The steps of YIN against its rules, carried out another way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import signals, yin_noise
from helpers.broad import RATE
from serfast.backends.reference.pitch import normalized_difference, parabolic_shift, pick_lag


@pytest.mark.parametrize(("min_lag", "max_lag"), [(2, 20), (26, 63)])
def test_normalized_difference_is_the_sum_of_squared_differences(
    min_lag: int, max_lag: int
) -> None:
    frame = signals.voice(RATE, 8000)[2000:2128]
    expected = yin_noise.exact(frame, min_lag, max_lag).difference
    got = normalized_difference(frame[np.newaxis].astype(float), min_lag, max_lag)[0]
    np.testing.assert_allclose(got, expected, rtol=1e-9)


def choose(difference: list[float], threshold: float) -> int:
    """YIN's rule as a person would carry it out, from left to right."""
    last = len(difference) - 1
    for i, value in enumerate(difference):
        falls = i == 0 or value < difference[i - 1]
        rises = value < difference[1] if i == 0 else i == last or value <= difference[i + 1]
        if falls and rises and value < threshold:
            return i
    return difference.index(min(difference))


@given(st.lists(st.integers(0, 6), min_size=2, max_size=12), st.integers(0, 7))
@settings(max_examples=300)
def test_pick_lag_follows_the_rule(steps: list[int], level: int) -> None:
    difference = [step / 4 for step in steps]
    picked = pick_lag(np.array([difference]), level / 4)
    assert picked.tolist() == [choose(difference, level / 4)]


@pytest.mark.parametrize("vertex", [-0.9, -0.25, 0.0, 0.4, 0.5])
def test_parabolic_shift_finds_the_vertex_of_a_parabola(vertex: float) -> None:
    at = np.array([-1.0, 0.0, 1.0])
    shift = parabolic_shift((3 * (at - vertex) ** 2 + 0.5)[np.newaxis], np.array([1]))
    assert shift[0] == pytest.approx(vertex)


@pytest.mark.parametrize(("values", "chosen"), [([1, 2, 4], 0), ([4, 2, 1], 2), ([1, 2, 3], 1)])
def test_parabolic_shift_is_0_at_the_ends_and_off_the_vertex(
    values: list[float], chosen: int
) -> None:
    assert parabolic_shift(np.array([values], float), np.array([chosen])) == [0.0]
