"""Running statistics: those of the same rows in a batch, whatever the division."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers.chunks import divided, divisions, syllables
from helpers.windows import windows
from serfast import presets
from serfast.statistics.statistics import Statistics
from serfast.streaming.running import RunningStatistics

COLUMNS = presets.speech().columns
ROWS = serfast.Extractor(presets.speech())(syllables(1.6))
SPEECH = presets.speech_statistics()


@given(divisions(len(ROWS)), st.integers(1, 200), st.integers(1, 200))
@settings(max_examples=60)
def test_equal_to_the_batch_for_every_division(cuts, window, hop):
    statistics = Statistics(deltas=1, trim_db=30)
    running = RunningStatistics(statistics, COLUMNS, window=window, hop=hop)
    found = [s for rows in divided(ROWS, cuts) for s in running.accept(rows)] + running.flush()
    assert [(s.start, s.stop) for s in found] == windows(len(ROWS), window, hop)
    for start, stop, vector in found:
        assert np.array_equal(vector, statistics(ROWS[start:stop], COLUMNS))


@pytest.mark.parametrize("size", [1, 7, 160])
def test_the_speech_presets_vector(size):
    running = RunningStatistics(SPEECH, COLUMNS, window=90, hop=30)
    found = [s for i in range(0, len(ROWS), size) for s in running.accept(ROWS[i : i + size])]
    assert [(s.start, s.stop) for s in found] == [(0, 90), (30, 120), (60, 150)]
    for start, stop, vector in found:
        assert np.array_equal(vector, SPEECH(ROWS[start:stop], COLUMNS))


def test_the_same_again_after_reset_and_other_without():
    running = RunningStatistics(SPEECH, COLUMNS, window=60, hop=25)

    def run():
        return [s.vector for s in running.accept(ROWS)]

    first = run()
    assert not np.array_equal(run()[0], first[0])
    running.reset()
    assert np.array_equal(run(), first)
    running.flush()
    running.reset()
    assert np.array_equal(run(), first)


def test_two_dont_touch():
    one, two = (RunningStatistics(SPEECH, COLUMNS, window=50, hop=50) for _ in range(2))
    for i in range(0, 50, 10):
        found = one.accept(ROWS[i : i + 10]), two.accept(ROWS[i + 50 : i + 60])
    for (summary,), begin in zip(found, (0, 50), strict=True):
        assert np.array_equal(summary.vector, SPEECH(ROWS[begin : begin + 50], COLUMNS))


def test_rows_that_are_reused_by_the_caller_are_kept():
    running = RunningStatistics(SPEECH, COLUMNS, window=50, hop=50)
    buffer = ROWS[:25].copy()
    running.accept(buffer)
    buffer[:] = ROWS[25:50]
    (summary,) = running.accept(buffer)
    assert np.array_equal(summary.vector, SPEECH(ROWS[:50], COLUMNS))


def test_no_rows_give_nothing():
    running = RunningStatistics(SPEECH, COLUMNS, window=50, hop=50)
    assert running.accept(ROWS[:0]) == []
    assert running.flush() == []


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ROWS[0], r"rows must be of shape \(n, 81\)"),
        (ROWS[:, :5], r"rows must be of shape \(n, 81\), got \(\d+, 5\)"),
        (np.full((2, 81), np.nan), "rows must be finite, got nan at row 0, column 0"),
        ([["x"] * 81], "rows must be an array of numbers"),
    ],
)
def test_bad_rows_are_as_if_they_hadnt_come(rows, message):
    running = RunningStatistics(SPEECH, COLUMNS, window=50, hop=50)
    running.accept(ROWS[:20])
    with pytest.raises(serfast.ParameterError, match=message):
        running.accept(rows)
    (summary,) = running.accept(ROWS[20:50])
    assert np.array_equal(summary.vector, SPEECH(ROWS[:50], COLUMNS))


def test_rows_after_the_flush_are_refused():
    running = RunningStatistics(SPEECH, COLUMNS, window=50, hop=50)
    running.accept(ROWS[:20])
    assert [s[:2] for s in running.flush()] == [(0, 20)]
    assert running.flush() == []
    with pytest.raises(serfast.SerfastError, match="reset"):
        running.accept(ROWS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"window": 0}, "window must be an int >= 1, got 0"),
        ({"hop": 0.5}, "hop must be an int >= 1, got 0.5"),
        ({"statistics": None}, "statistics must be a Statistics, got None"),
        ({"columns": ["zcr"]}, "must be columns or families of zcr"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    given = {"statistics": SPEECH, "columns": COLUMNS, "window": 50, "hop": 50, **arguments}
    with pytest.raises(serfast.ParameterError, match=message):
        RunningStatistics(given.pop("statistics"), given.pop("columns"), **given)
