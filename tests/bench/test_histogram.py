"""Quantiles and histograms of times, and the bars that show them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from serfast.bench.histogram import EDGES, bars, histogram, quantiles

VALUES = st.lists(st.floats(0, 1e9), min_size=1, max_size=50).map(np.array)


@given(VALUES)
def test_every_value_is_in_its_bin(values: np.ndarray) -> None:
    counted = histogram(values)
    edges, counts = np.array(counted["edges"]), counted["counts"]
    assert set(edges) <= set(EDGES)
    inside = np.clip(values, EDGES[0], np.nextafter(EDGES[-1], 0))
    expected = [np.sum((low <= inside) & (inside < high)) for low, high in pairwise(edges)]
    assert counts == expected
    assert counts[0]
    assert counts[-1]


@given(VALUES)
def test_quantiles_are_numpys(values: np.ndarray) -> None:
    found = quantiles(values)
    for name, share in {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "max": 1}.items():
        assert found[name] == np.quantile(values, share, method="inverted_cdf"), name


def test_bars_are_as_long_as_the_counts() -> None:
    lines = bars({"edges": [1.0, 1.25, 1.6, 2.0, 2.5], "counts": [10, 0, 20, 1]}, width=40)
    assert [line.count("#") for line in lines] == [10, 0, 20, 1]
    assert {len(line) for line in lines} == {40}


def test_one_slow_call_is_one_line_away() -> None:
    lines = bars(histogram(np.array([1.1] * 100 + [1e6])))
    assert len(lines) == 3
    assert lines[1].strip() == "…"


@given(VALUES, st.integers(40, 120))
def test_bars_are_as_wide_as_the_terminal(values: np.ndarray, width: int) -> None:
    lines = [line for line in bars(histogram(values), width) if "…" not in line]
    assert {len(line) for line in lines} == {width}
    assert sum(int(line.split()[-1]) for line in lines) == len(values)
