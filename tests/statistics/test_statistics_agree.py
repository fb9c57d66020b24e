"""Statistics: the native ones agree with the reference, and are finite for any finite rows."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from serfast.statistics import functionals
from serfast.statistics.statistics import Statistics

EVERY = (*functionals.FUNCTIONALS, "p0", "p1", "p33", "p50", "p100", "ac1", "ac7", "ac99")
BACKENDS = ("native", "reference")
WIDE = {"allow_nan": False, "allow_infinity": False, "width": 32}


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 12), st.just(3)),
        elements=st.floats(**WIDE),
    )
)
def test_finite_for_any_finite_rows(rows):
    statistics = Statistics(functionals=EVERY, deltas=3, delta_width=5)
    vector = statistics(rows, ["a", "b", "c"])
    assert vector.shape == (3 * 4 * len(EVERY),)
    assert np.isfinite(vector).all()


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 12), st.just(4)),
        elements=st.floats(**WIDE),
    )
)
def test_finite_with_every_transform_for_any_finite_rows(rows):
    statistics = Statistics(
        functionals=EVERY,
        log=("rms",),
        relative=("rms", "mel"),
        semitones=("f0",),
        voiced=("mel",),
        voiced_deltas=1,
        trim_db=40,
    )
    columns = ["rms", "mel_0", "f0", "aperiodicity"]
    vector = statistics(rows, columns)
    assert len(vector) == len(statistics.names(columns))
    assert np.isfinite(vector).all()


EVERYTHING = Statistics(
    functionals=EVERY,
    deltas=3,
    delta_width=7,
    log=("rms",),
    relative=("rms", "mel", "mel_1"),
    semitones=("f0",),
    voiced=("mel", "f0", "rms"),
    voiced_deltas=2,
    trim_db=30,
)
ALL_COLUMNS = ("rms", *(f"mel_{i}" for i in range(9)), "f0", "aperiodicity")


def plausible_rows(n: int, seed: int) -> np.ndarray:
    """Rows of ALL_COLUMNS, some of them silent or unvoiced, in steps, so that values are tied."""
    random = np.random.default_rng(seed)
    rows = random.integers(-40, 40, size=(n, len(ALL_COLUMNS))) / 8
    rows[:, 0] = np.abs(rows[:, 0]) * random.choice([1e-4, 1], size=n)
    rows[:, -2] = random.uniform(60, 600, size=n)
    rows[:, -1] = random.uniform(0, 1, size=n)
    return rows.astype(np.float32)


@given(st.integers(1, 400), st.integers(0, 2**31))
def test_back_ends_agree(n, seed):
    """To 1e-9, but for crossings: a point that equals the mean is on either side by rounding."""
    rows = plausible_rows(n, seed)
    native = EVERYTHING(rows, ALL_COLUMNS)
    reference = EVERYTHING(rows, ALL_COLUMNS, backend="reference")
    worst = np.abs(native - reference) / (1 + np.abs(reference))
    worst[[name.endswith("crossings") for name in EVERYTHING.names(ALL_COLUMNS)]] = 0
    assert worst.max() < 1e-9, EVERYTHING.names(ALL_COLUMNS)[worst.argmax()]


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


def test_logarithms_are_those_of_long_double_to_a_unit_in_the_last_place():
    random = np.random.default_rng(0)
    spans = ((-11.5, 88.0), (-0.4, 0.4), (-1e-3, 1e-3), (-1e-9, 1e-9))
    x = np.exp(np.concatenate([random.uniform(*span, size=5000) for span in spans]))
    columns = [f"band_{i}" for i in range(len(x))]
    found = Statistics(functionals=("mean",), deltas=0, log=("band",))(x[None], columns)
    expected = np.log(x.astype(np.longdouble))
    worst = np.abs((found - expected) / np.spacing(np.abs(expected).astype(float))).max()
    print(f"worst: {worst:.2f} units in the last place")
    assert worst < 1


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e-45, 1e-38, 1e37])
def test_finite_for_the_smallest_and_the_largest(backend, scale):
    rows = np.array([1.0, -1, 2, 0, 1, 3, 5, 1.5, 2])[:, None] * scale
    statistics = Statistics(functionals=EVERY, deltas=3)
    assert np.isfinite(statistics(rows, ["x"], backend=backend)).all()


@given(st.integers(1, 30), st.floats(**WIDE))
def test_finite_and_flat_for_constant_rows(n, value):
    names = ("std", "skewness", "kurtosis", "range", "iqr", "crossings", "ac1")
    rows = np.full((n, 2), value, np.float32)
    assert not Statistics(functionals=names)(rows, ["a", "b"]).any()
