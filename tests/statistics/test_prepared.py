"""Statistics made ready: shared, pickled, of some entries alone, with the same bits."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.statistics_rows import ALL_COLUMNS, EVERY, EVERYTHING, plausible_rows

BACKENDS = ("native", "reference")


@given(st.integers(1, 120), st.integers(0, 2**31))
def test_entries_that_are_used_have_the_same_bits_as_among_all(n, seed):
    rows = plausible_rows(n, seed)
    every = EVERYTHING(rows, ALL_COLUMNS)
    uses = np.random.default_rng(seed).random(len(every)) < 0.01
    some = EVERYTHING.over(ALL_COLUMNS, uses=uses)(rows)
    assert np.array_equal(some[uses], every[uses])
    one_column = np.array([name.startswith("mel_3.p50") for name in EVERYTHING.names(ALL_COLUMNS)])
    some = EVERYTHING.over(ALL_COLUMNS, uses=one_column)(rows)
    assert np.array_equal(some[one_column], every[one_column])
    assert np.count_nonzero(some) <= len(EVERY) + 1


def test_wide_and_narrow_rows_give_the_same_bits():
    rows = plausible_rows(60, 1)
    narrow, wide = EVERYTHING(rows, ALL_COLUMNS), EVERYTHING(rows.astype(float), ALL_COLUMNS)
    assert np.array_equal(narrow, wide)


def test_sixteen_threads_share_one_that_was_prepared():
    prepared = EVERYTHING.over(ALL_COLUMNS)
    rows = [plausible_rows(n, n) for n in (1, 2, 5, 17, 40, 300)]
    expected = [prepared(x).tobytes() for x in rows]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda x: prepared(x).tobytes(), rows * 50))
    assert found == expected * 50


@pytest.mark.parametrize("backend", BACKENDS)
def test_pickle_brings_prepared_statistics_back(backend):
    uses = np.arange(len(EVERYTHING.names(ALL_COLUMNS))) % 3 == 0
    prepared = EVERYTHING.over(ALL_COLUMNS, uses=uses, backend=backend)
    again = pickle.loads(pickle.dumps(prepared))
    rows = plausible_rows(30, 2)
    assert again(rows).tobytes() == prepared(rows).tobytes()
