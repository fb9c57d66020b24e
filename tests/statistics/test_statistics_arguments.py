"""Statistics: what is wrong is refused by its name."""

from __future__ import annotations

import time

import numpy as np
import pytest

import serfast
from serfast.statistics.statistics import Statistics

BACKENDS = ("native", "reference")


@pytest.mark.parametrize(
    ("uses", "message"),
    [
        (np.ones(3, bool), r"uses must be of shape \(2,\), got shape \(3,\)"),
        (np.ones((2, 2), bool), r"uses must be of shape \(2,\)"),
        (np.ones(2), "uses must be an array of bool"),
        ([True, False], "uses must be an array of bool"),
    ],
)
def test_uses_must_fit_the_vector(uses, message):
    with pytest.raises(serfast.ParameterError, match=message):
        Statistics(functionals=("mean", "max"), deltas=0).over(["rms"], uses=uses)


def test_trimming_needs_rms():
    with pytest.raises(serfast.ParameterError, match="columns must be with rms for trim_db"):
        Statistics(trim_db=60).names(["zcr"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"functionals": ()}, "functionals must be at least 1 name"),
        ({"functionals": ("mean", "mean")}, "none twice"),
        ({"functionals": ("median",)}, "got 'median'"),
        ({"functionals": ("p101",)}, "got 'p101'"),
        ({"functionals": ("ac0",)}, "got 'ac0'"),
        ({"functionals": "mean"}, "functionals must be a sequence of names, got 'mean'"),
        ({"functionals": (1,)}, "functionals must be a sequence of names"),
        ({"deltas": -1}, "deltas must be an int >= 0, got -1"),
        ({"deltas": 4}, "deltas must be an int <= 3, got 4"),
        ({"voiced_deltas": 9}, "voiced_deltas must be"),
        ({"delta_width": 3}, "delta_width must be an int >= 5, got 3"),
        ({"delta_width": 6}, "delta_width must be odd, got 6"),
        ({"delta_width": 1003}, "delta_width must be an int <= 1001, got 1003"),
        ({"max_aperiodicity": 0}, "max_aperiodicity must be"),
        ({"trim_db": 0}, "trim_db must be"),
        ({"trim_db": "60"}, "trim_db must be"),
        ({"log": "rms"}, "log must be a sequence of names, got 'rms'"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(serfast.ParameterError, match=message.replace("(", r"\(")):
        Statistics(**arguments)


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        (np.zeros((0, 2)), ["a", "b"], "rows must be at least 1 row"),
        (np.zeros(2), ["a", "b"], r"rows must be of shape \(n_rows, 2\)"),
        (np.zeros((2, 3)), ["a", "b"], r"rows must be of shape \(n_rows, 2\)"),
        (np.array([[0, 1], [2, np.nan]]), ["a", "b"], "nan at row 1, b"),
        (np.array([[np.inf, 1]]), ["a", "b"], "inf at row 0, a"),
        (np.array([[1, -1e39]]), ["a", "b"], "within float32's range, got -1e\\+39 at row 0, b"),
        ([["1", "2"]], ["a", "b"], "rows must be an array of numbers"),
        ([[1, 2], [3]], ["a", "b"], "rows must be an array of numbers"),
        (np.ones((2, 2)) * 1j, ["a", "b"], "rows must be an array of numbers"),
        (np.zeros((2, 2)), "ab", "columns must be a sequence of names"),
    ],
)
@pytest.mark.parametrize("backend", BACKENDS)
def test_bad_rows_are_named(rows, columns, message, backend):
    with pytest.raises(serfast.ParameterError, match=message):
        Statistics()(rows, columns, backend=backend)


@pytest.mark.parametrize("backend", ["fortran", ["native"], 1])
def test_an_unknown_back_end_is_named(backend):
    with pytest.raises(serfast.ParameterError, match="backend must be one of 'native'"):
        Statistics()(np.zeros((2, 1)), ["a"], backend=backend)


@pytest.mark.parametrize(
    "statistics",
    [Statistics(log=("rms",)), Statistics(relative=("logmel",)), Statistics(voiced=("mfcc",))],
)
def test_a_column_that_is_not_there_is_named(statistics):
    with pytest.raises(serfast.ParameterError, match="must be columns or families of zcr"):
        statistics.names(["zcr"])


def test_voicing_needs_aperiodicity():
    with pytest.raises(serfast.ParameterError, match="columns must be with aperiodicity"):
        Statistics(semitones=("f0",)).names(["f0"])


@pytest.mark.parametrize(
    ("depths", "message"),
    [
        ((1.0,), "depths must be one for each of relative"),
        ((1.0, 0.0), "depths must be a finite number > 0, got 0.0"),
        ((1.0, np.inf), "depths must be a finite number > 0, got inf"),
        ("12", "depths must be a sequence of numbers, got '12'"),
        (5, "depths must be a sequence of numbers, got 5"),
    ],
)
def test_depths_that_are_none_are_refused(depths, message):
    with pytest.raises(serfast.ParameterError, match=message):
        Statistics(relative=("rms", "mel"), depths=depths)


def test_depths_go_into_json_and_come_back():
    statistics = Statistics(relative=("rms",), depths=(3,))
    assert Statistics.from_json(statistics.to_json()) == statistics
    assert Statistics.from_dict({"relative": ["rms"]}).depths == ()


@pytest.mark.parametrize("data", [[], {"medians": 1}, None])
def test_a_bad_dictionary_is_refused(data):
    with pytest.raises(serfast.ParameterError):
        Statistics.from_dict(data)


def test_many_names_of_many_columns_take_no_time():
    """A bundle may name 256 families of 16384 columns in four arguments."""
    columns = ["aperiodicity", *(f"{'x' * (i % 64 + 1)}_{i}" for i in range(16383))]
    names = tuple("x" * (i % 64 + 1) for i in range(256))
    statistics = Statistics(
        functionals=("mean",), deltas=0, log=names, relative=names, semitones=names, voiced=names
    )
    begin = time.process_time()
    program = statistics.program(columns)
    assert time.process_time() - begin < 8
    assert len(program.families) == 256
    assert program.families[0] == program.families[64] == tuple(range(1, 16384, 64))
    assert program.columns == tuple(range(16384))


def test_a_message_names_some_of_many_columns():
    columns = [f"mel_{i}" for i in range(16384)]
    with pytest.raises(serfast.ParameterError) as caught:
        Statistics(log=("rms",)).names(columns)
    message = str(caught.value)
    assert message.startswith("log must be columns or families of mel_0, mel_1, mel_2, mel_3, ")
    assert message.endswith("mel_19 … (16384 in all), got 'rms'")


def test_a_family_brings_in_what_its_families_families_need():
    program = Statistics(functionals=("mean",), deltas=0, relative=("c_1", "a", "b", "c")).program(
        ["a", "a_1", "b_1", "b", "c_1", "c_2"], uses=np.array([0, 0, 0, 0, 0, 1], bool)
    )
    assert program.columns == (4, 5)
