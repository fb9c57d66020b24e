"""Selections: which rows count, smoothing, and functionals of the course, by numbers on paper."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import serfast
from serfast import Selection, Statistics
from serfast.statistics.functionals import SELECTION_FUNCTIONALS
from serfast.streaming.running import RunningStatistics

BACKENDS = ("native", "reference")
EVERY = (*SELECTION_FUNCTIONALS, "p20", "range20_80", "ac3")
SLOPES = ("rising_slope_mean", "rising_slope_std", "falling_slope_mean", "falling_slope_std")
SEGMENTS = ("segments_per_second", "segment_length_mean", "segment_length_std")
COLUMNS = ("x", "f0")


def vector(table: Any, backend: str, row_rate: float = 100.0, /, **fields: Any) -> list[float]:
    """The functionals of column x, or of one that is named, as a selection gives them."""
    selection = Selection(**{"column": "x", **fields})
    statistics = Statistics(functionals=(), selections=(selection,), row_rate=row_rate)
    return statistics(np.asarray(table, float), COLUMNS, backend=backend).tolist()


def with_voice(x: Any, voiced: Any = ()) -> np.ndarray:
    """Rows of x, and 100 Hz in the voiced ones."""
    f0 = np.zeros(len(x))
    f0[list(voiced)] = 100
    return np.column_stack([x, f0])


@pytest.mark.parametrize("backend", BACKENDS)
def test_rows_count_by_a_mask_or_by_not_being_zero(backend):
    rows = with_voice([1.0, 2.0, 0.0, 7.0, 12.0], voiced=[1, 2, 4])
    mean = {"functionals": ("mean",)}
    assert vector(rows, backend, **mean) == pytest.approx([22 / 5])
    assert vector(rows, backend, **mean, rows="above", mask="f0") == pytest.approx([14 / 3])
    assert vector(rows, backend, **mean, rows="below", mask="f0") == pytest.approx([4])
    assert vector(rows, backend, **mean, nonzero=True) == pytest.approx([22 / 4])
    both = {"rows": "above", "mask": "f0", "nonzero": True}
    assert vector(rows, backend, **mean, **both) == pytest.approx([7])
    assert vector(rows, backend, **mean, rows="above", mask="x", threshold=2) == [9.5]
    assert vector(rows, backend, **mean, rows="below", mask="x", threshold=2) == [1]


@pytest.mark.parametrize("backend", BACKENDS)
def test_values_are_those_of_numpy(backend):
    x = np.random.default_rng(2).normal(3, 2, size=50)
    named = ("mean", "std", "cv", "range20_80", "p20", "equivalent_level")
    low, high = np.percentile(x, [20, 80])
    level = 10 * np.log10(np.mean(x**2))
    expected = [x.mean(), x.std(), x.std() / x.mean(), high - low, low, level]
    assert vector(with_voice(x), backend, functionals=named) == pytest.approx(expected)
    scaled = vector(with_voice(x), backend, functionals=named[:5], factor=-2.0)
    expected = [-2 * x.mean(), 2 * x.std(), -x.std() / x.mean(), 2 * (high - low), -2 * high]
    assert scaled == pytest.approx(expected)


@pytest.mark.parametrize("backend", BACKENDS)
def test_semitones_are_above_the_reference_and_0_in_unvoiced_rows(backend):
    rows = with_voice([0, 0, 0, 0], voiced=[1, 3])
    rows[1, 1], rows[3, 1] = 55, 220
    named = {"column": "f0", "functionals": ("mean", "min", "max"), "semitones_from": 27.5}
    assert vector(rows, backend, **named) == pytest.approx([12, 0, 36])
    voiced = vector(rows, backend, **named, rows="above", mask="f0")
    assert voiced == pytest.approx([24, 12, 36])


@pytest.mark.parametrize("backend", BACKENDS)
def test_smoothing_takes_three_rows_and_leaves_out_what_does_not_count(backend):
    rows = with_voice([3.0, 6.0, 0.0, 9.0, 12.0, 30.0], voiced=[0, 1, 3, 4])
    every = {"functionals": ("p0", "mean", "p100"), "smoothing": 3}
    # the first and the last row stand again outside
    means = [4, 3, 5, 7, 17, 24]
    expected = [3, np.mean(means), 24]
    assert vector(rows, backend, **every) == pytest.approx(expected)
    voiced = {**every, "rows": "above", "mask": "f0"}
    assert vector(rows, backend, **voiced) == pytest.approx([3, (4 + 3 + 7 + 17) / 4, 17])
    inside = [(3 + 3 + 6) / 3, (3 + 6) / 2, (9 + 12) / 2, (9 + 12) / 2]
    skipping = vector(rows, backend, **voiced, smoothing_skips=True)
    assert skipping == pytest.approx([4, np.mean(inside), 10.5])
    nonzero = [4, 4.5, 10.5, 17, 24]
    skipping = vector(rows, backend, **every, nonzero=True, smoothing_skips=True)
    assert skipping == pytest.approx([4, np.mean(nonzero), 24])
    wide = vector(rows, backend, functionals=("p0",), smoothing=5)
    assert wide == pytest.approx([(3 + 3 + 3 + 6 + 0) / 5])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("tail", "rising", "falling"),
    [
        ("counted", [4, 3], [1.5, 1]),
        ("dropped", [4, 3], [1.5]),
        ("signed", [4, 3], [1.5, -1]),
    ],
)
def test_slopes_lead_from_extremum_to_extremum(backend, tail, rising, falling):
    """0 up to 8 in two steps, down to 2 in four, up to 8 in two, and down to 6 at the end."""
    rows = with_voice([0, 4, 8, 7, 5, 4, 2, 5, 8, 7, 6])
    expected = [f(part) * 50 for part in (rising, falling) for f in (np.mean, np.std)]
    if tail == "signed":  # (1.5 - 0.25) ** 2 / 2: the last slope has no deviation of its own
        expected[3] = 50 * np.sqrt((1.5 - 0.25) ** 2 / 2)
    named = {"functionals": (*SLOPES, "peaks_per_second"), "slope_tail": tail}
    result = vector(rows, backend, 50, **named)
    assert result == pytest.approx([*expected, 2 * 50 / 11])


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_last_slope_after_a_valley(backend):
    rows = with_voice([5, 3, 0, 1, 2])
    rising = {"functionals": ("rising_slope_mean", "falling_slope_mean")}
    assert vector(rows, backend, 1, **rising) == pytest.approx([1, 2.5])
    assert vector(rows, backend, 1, **rising, slope_tail="dropped") == pytest.approx([0, 2.5])
    monotone = with_voice([5, 3, 0])
    assert vector(monotone, backend, 1, **rising) == pytest.approx([0, 2.5])
    assert vector(monotone, backend, 1, **rising, slope_tail="signed") == pytest.approx([0, 2.5])
    signed = vector(rows, backend, 1, functionals=SLOPES, slope_tail="signed")
    assert signed == pytest.approx([1, 0, 2.5, 0])


@pytest.mark.parametrize("backend", BACKENDS)
def test_ripples_are_no_peaks_and_the_most_extreme_of_several_counts(backend):
    # the ripples of 0.5 are below a tenth of the range of 10, and above a hundredth
    rows = with_voice([0, 5, 4.5, 10, 9.5, 9.8, 0])
    named = {"functionals": ("peaks_per_second", "rising_slope_mean")}
    assert vector(rows, backend, 7, **named) == pytest.approx([1, 7 * 10 / 3])
    fine = vector(rows, backend, 7, **named, extremum_share=0.01)
    assert fine == pytest.approx([3, 7 * np.mean([5, 5.5, 0.3])])
    assert vector(with_voice([0, 1, 1, 0]), backend, 7, **named)[0] == 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_segments_are_runs_of_rows_that_count(backend):
    rows = with_voice(np.ones(20), voiced=[0, 1, 2, 5, 8, 9, 10, 11, 12, 18, 19])
    named = {"functionals": SEGMENTS, "mask": "f0"}
    voiced, unvoiced = [3, 1, 5, 2], [2, 2, 5]
    for side, runs in (("above", voiced), ("below", unvoiced)):
        expected = [len(runs) / 0.2, np.mean(runs) / 100, np.std(runs) / 100]
        assert vector(rows, backend, **named, rows=side) == pytest.approx(expected)
    trims = {"min_segment": 2, "segment_trim": 1, "last_segment_trim": 1, "duration_trim": 1}
    expected = [3 / 0.19, np.mean([2, 4, 0]) / 100, np.std([2, 4, 0]) / 100]
    assert vector(rows, backend, **named, rows="above", **trims) == pytest.approx(expected)
    bridged = {2: [13, 2], 1: [3, 1, 5, 2], 5: [20]}  # the gaps have 2, 2 and 5 rows
    for gap, runs in bridged.items():
        expected = [len(runs) / 0.2, np.mean(runs) / 100, np.std(runs) / 100]
        assert vector(rows, backend, **named, rows="above", max_gap=gap) == pytest.approx(expected)


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_missing_is_zero_or_nan(backend):
    rows = with_voice(np.arange(5.0))
    named = {"functionals": EVERY, "rows": "above", "mask": "f0"}
    assert vector(rows, backend, **named) == [0.0] * len(EVERY)
    asked = dict(zip(EVERY, vector(rows, backend, **named, missing="nan"), strict=True))
    counted = {"peaks_per_second", "segments_per_second"}
    assert {name for name, value in asked.items() if not math.isnan(value)} == counted
    one = vector(rows[:1], backend, functionals=EVERY)
    assert np.isfinite(one).all()
    constant = vector(with_voice(np.zeros(5)), backend, functionals=("cv", "equivalent_level"))
    assert constant == pytest.approx([0, -120])


def drawn_selections(random: np.random.Generator, n: int) -> list[Selection]:
    """Selections of x_0, x_1 and f0 with any fields, each with every functional."""
    selections = []
    for k in range(n):
        rows = str(random.choice(["all", "above", "below"]))
        selections.append(
            Selection(
                column=str(random.choice(["x_0", "x_1", "f0"])),
                functionals=EVERY,
                name=f"part{k}",
                rows=rows,
                mask=None if rows == "all" else "f0",
                nonzero=bool(random.random() < 0.3),
                semitones_from=27.5 if random.random() < 0.3 else None,
                factor=float(random.choice([1, -1, 1e-3])),
                smoothing=int(random.choice([1, 3, 5])),
                smoothing_skips=bool(random.random() < 0.5),
                extremum_share=float(random.choice([0, 0.1, 0.3])),
                slope_tail=str(random.choice(["counted", "dropped", "signed"])),
                min_segment=int(random.integers(1, 4)),
                max_gap=int(random.integers(3)),
                segment_trim=int(random.integers(2)),
                last_segment_trim=int(random.integers(2)),
                duration_trim=int(random.integers(2)),
            )
        )
    return selections


def drawn_rows(random: np.random.Generator, n: int) -> np.ndarray:
    """Rows of x_0, x_1 and f0, in steps, so that values are tied; about half are unvoiced."""
    rows = random.integers(-16, 16, size=(n, 3)) / 4
    rows[:, 2] = np.where(random.random(n) < 0.5, 0, random.integers(60, 600, size=n))
    return rows


@given(st.integers(1, 80), st.integers(0, 2**31))
def test_back_ends_agree_and_one_is_the_same_beside_others(n, seed):
    random = np.random.default_rng(seed)
    selections, rows = drawn_selections(random, 10), drawn_rows(random, n)
    columns = ("x_0", "x_1", "f0")
    statistics = Statistics(functionals=(), selections=selections)
    native = statistics(rows, columns)
    reference = statistics(rows, columns, backend="reference")
    worst = np.abs(native - reference) / (1 + np.abs(reference))
    crossings = [name.endswith("crossings") for name in statistics.names(columns)]
    worst[crossings] = 0  # a point that equals the mean is on either side by rounding
    places = [name.endswith(("argmin", "argmax")) for name in statistics.names(columns)]
    worst[places] = 0  # so is the first of two that are equal but for it
    assert worst.max() < 1e-9, statistics.names(columns)[worst.argmax()]
    alone = [Statistics(functionals=(), selections=[one])(rows, columns) for one in selections]
    assert np.array_equal(np.concatenate(alone), native)
    uses = random.random(len(native)) < 0.05
    assert np.array_equal(statistics.over(columns, uses=uses)(rows)[uses], native[uses])
    assert Statistics.from_json(statistics.to_json()) == statistics


def test_a_window_over_a_stream_has_the_bits_of_a_batch():
    random = np.random.default_rng(8)
    rows = drawn_rows(random, 300).astype(np.float32)
    statistics = Statistics(functionals=(), selections=drawn_selections(random, 9))
    columns = ("x_0", "x_1", "f0")
    running = RunningStatistics(statistics, columns, window=50, hop=7)
    summaries = [one for begin in range(0, 300, 13) for one in running.accept(rows[begin:][:13])]
    assert len(summaries) == 36
    for start, stop, values in summaries:
        assert np.array_equal(values, statistics(rows[start:stop], columns))


def test_selections_stand_behind_the_others_and_leave_them_as_they_are():
    rows = drawn_rows(np.random.default_rng(1), 40)
    columns = ("x_0", "x_1", "f0")
    plain = Statistics(deltas=1)
    more = Statistics(deltas=1, selections=[Selection(column="x", functionals=("cv",))])
    n = len(plain.names(columns))
    assert more.names(columns)[n:] == ("x_0.cv", "x_1.cv")
    assert more(rows, columns)[:n].tobytes() == plain(rows, columns).tobytes()
    assert more(rows, columns)[n:] == pytest.approx((rows.std(axis=0) / rows.mean(axis=0))[:2])


def test_a_set_is_a_few_lines_of_json():
    text = """{"functionals": [], "row_rate": 50, "selections": [
        {"column": "rms", "functionals": ["equivalent_level"], "names": ["level"]},
        {"column": "mfcc", "functionals": ["mean", "cv"], "rows": "above", "mask": "f0"}]}"""
    statistics = Statistics.from_json(text)
    names = statistics.names(["rms", "mfcc_0", "mfcc_1", "f0"])
    assert names == (
        *("level", "mfcc_0.above.mean", "mfcc_0.above.cv"),
        *("mfcc_1.above.mean", "mfcc_1.above.cv"),
    )
    again = json.loads(statistics.to_json())
    assert again["selections"] == json.loads(text)["selections"]
    assert statistics.row_rate == 50


def test_statistics_without_selections_are_written_as_before():
    assert not {"selections", "row_rate"} & Statistics().to_dict().keys()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"column": 3}, "column must be the name of a column, got 3"),
        ({"functionals": ()}, "functionals must be at least 1 name"),
        ({"functionals": ("cvv",)}, "got 'cvv'; did you mean 'cv'"),
        ({"functionals": ("range80_20",)}, "functionals must be of"),
        ({"names": ("a", "b", "c")}, "names must be one for each of functionals"),
        ({"name": 5}, "name must be a str or None, got 5"),
        ({"rows": "voiced"}, "rows must be one of 'all', 'above', 'below', got 'voiced'"),
        ({"rows": "above"}, "mask must be the name of a column for rows='above', got None"),
        ({"mask": "f0"}, "mask must be None for rows='all', got 'f0'"),
        ({"threshold": math.nan}, "threshold must be a finite number, got nan"),
        ({"nonzero": 1}, "nonzero must be True or False, got 1"),
        ({"semitones_from": 0}, "semitones_from must be"),
        ({"factor": 0}, "factor must be from 1e-30 to 1e30"),
        ({"smoothing": 2}, "smoothing must be odd, got 2"),
        ({"smoothing_skips": None}, "smoothing_skips must be True or False"),
        ({"extremum_share": 1.5}, "extremum_share must be"),
        ({"slope_tail": "cut"}, "slope_tail must be one of"),
        ({"min_segment": 0}, "min_segment must be an int >= 1, got 0"),
        ({"max_gap": -1}, "max_gap must be an int >= 0, got -1"),
        ({"segment_trim": -1}, "segment_trim must be an int >= 0, got -1"),
        ({"missing": None}, "missing must be one of 'zero', 'nan', got None"),
    ],
)
def test_bad_fields_are_named(fields, message):
    with pytest.raises(serfast.ParameterError, match=message):
        Selection(**{"column": "x", **fields})


@pytest.mark.parametrize(
    ("selections", "message"),
    [
        ([{"column": "y"}], "column of a selection must be a column or family of x_0"),
        ([{"column": "x", "rows": "above", "mask": "y"}], "mask of a selection must be"),
        ([{"column": "x", "name": "mine"}], "column of a selection with names must be a single"),
        ([{"column": "f0"}, {"column": "f0"}], "names of selections must be different"),
        ([{"column": "f0", "names": ["x", "x"]}], "names of selections must be different"),
    ],
)
def test_what_does_not_fit_the_columns_is_named(selections, message):
    statistics = Statistics.from_dict({"functionals": [], "selections": selections})
    with pytest.raises(serfast.ParameterError, match=message):
        statistics.names(["x_0", "x_1", "f0"])


@pytest.mark.parametrize("value", ["x", 5, [5], {"column": "x"}, None])
def test_selections_that_are_none_are_refused(value):
    with pytest.raises(serfast.ParameterError, match="selections must be a sequence of Selection"):
        Statistics(selections=value)


def test_a_mistyped_field_is_told_with_the_right_one():
    with pytest.raises(TypeError, match="no argument 'smooting'; did you mean 'smoothing'"):
        Selection(column="x", smooting=3)  # type: ignore[call-arg]
    with pytest.raises(serfast.ParameterError, match="did you mean 'smoothing'"):
        Statistics.from_dict({"selections": [{"column": "x", "smooting": 3}]})
