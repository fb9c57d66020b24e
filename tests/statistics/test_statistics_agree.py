"""Statistics: the native ones agree with the reference, and are finite for any finite rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.statistics_rows import ALL_COLUMNS, EVERY, EVERYTHING, plausible_rows
from serfast.statistics.statistics import Statistics

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
        depths=(3.0, 1e6),
        semitones=("f0",),
        voiced=("mel",),
        voiced_deltas=1,
        trim_db=40,
    )
    columns = ["rms", "mel_0", "f0", "aperiodicity"]
    vector = statistics(rows, columns)
    assert len(vector) == len(statistics.names(columns))
    assert np.isfinite(vector).all()


@given(st.integers(1, 400), st.integers(0, 2**31))
def test_back_ends_agree(n, seed):
    """To 1e-9, but for crossings: a point that equals the mean is on either side by rounding."""
    rows = plausible_rows(n, seed)
    native = EVERYTHING(rows, ALL_COLUMNS)
    reference = EVERYTHING(rows, ALL_COLUMNS, backend="reference")
    worst = np.abs(native - reference) / (1 + np.abs(reference))
    worst[[name.endswith("crossings") for name in EVERYTHING.names(ALL_COLUMNS)]] = 0
    assert worst.max() < 1e-9, EVERYTHING.names(ALL_COLUMNS)[worst.argmax()]


def test_what_lies_deeper_than_a_family_may_is_raised():
    """The three back ends against the formula max(x - loudest row's mean, -depth)."""
    random = np.random.default_rng(4)
    rows = random.normal(size=(30, 3)) * 10
    columns = ["level", "mel_0", "mel_1"]
    statistics = Statistics(
        functionals=("min", "mean"), deltas=0, relative=("mel", "level"), depths=(12.0, 7.0)
    )
    mel, level = rows[:, 1:], rows[:, :1]
    expected = np.hstack(
        [
            np.maximum(level - level.max(), -7.0),
            np.maximum(mel - mel.mean(axis=1).max(), -12.0),
        ]
    )
    assert (expected == [-7, -12, -12]).any(axis=0).all()
    wanted = np.column_stack([expected.min(axis=0), expected.mean(axis=0)]).ravel()
    for backend in BACKENDS:
        found = statistics(rows, columns, backend=backend)
        np.testing.assert_allclose(found, wanted, rtol=1e-12, err_msg=backend)


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
