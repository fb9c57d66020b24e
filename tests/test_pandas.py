"""Rows as tables of pandas: the engine's numbers, times in seconds, units of the columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

import serfast
from serfast.corpora import Recording
from serfast.errors import AudioError, ParameterError
from serfast.pandas import rows

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.YIN()])
RANDOM = np.random.default_rng(0)
SIGNALS = [RANDOM.normal(0, 0.1, 4000 + 500 * i).astype(np.float32) for i in range(3)]


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """The signals as files."""
    files = [tmp_path / f"{i}.wav" for i in range(len(SIGNALS))]
    for file, y in zip(files, SIGNALS, strict=True):
        soundfile.write(file, y, 16000, subtype="FLOAT")
    return files


def test_a_signals_rows() -> None:
    table = rows(SIGNALS[0], SPEC)
    expected = serfast.Extractor(SPEC)(SIGNALS[0])
    np.testing.assert_array_equal(table.to_numpy(), expected)
    assert (table.dtypes == np.float32).all()
    assert tuple(table.columns) == SPEC.columns
    assert table.index.name == "time"
    np.testing.assert_allclose(table.index, np.arange(len(expected)) * 0.01, rtol=0, atol=1e-12)
    assert len(table.loc[0.1:0.2]) == 11


def test_units_and_spec_come_along() -> None:
    table = rows(SIGNALS[0], SPEC)
    units = {"time": "s", "rms": "amplitude", "f0": "Hz", "aperiodicity": "1"}
    assert table.attrs["units"] == units
    assert table.loc[0.1:].attrs["units"] == units
    assert serfast.FeatureSpec.from_json(table.attrs["spec"]) == SPEC


def test_a_parquet_file_keeps_the_units(tmp_path: Path) -> None:
    table = rows(SIGNALS[0], SPEC)
    table.to_parquet(tmp_path / "rows.parquet")
    again = pd.read_parquet(tmp_path / "rows.parquet")
    pd.testing.assert_frame_equal(again, table)
    assert again.attrs == table.attrs


def test_times_are_those_of_the_file(paths: list[Path]) -> None:
    later = serfast.FeatureSpec(features=SPEC.features, center_offset=80)
    assert rows(SIGNALS[0], later).index[0] == 80 / 16000
    part = rows(Recording(paths[0], "x", "s", start=0.0625, end=0.125), SPEC)
    np.testing.assert_array_equal(part, serfast.Extractor(SPEC)(SIGNALS[0][1000:2000]))
    np.testing.assert_allclose(part.index, 0.0625 + np.arange(len(part)) * 0.01, atol=1e-12)


@pytest.mark.parametrize("kind", [list, tuple, pd.Series, lambda paths: iter(paths)])
def test_several_recordings(paths: list[Path], kind: object) -> None:
    table = rows(kind([str(path) for path in paths]), SPEC)
    assert table.index.names == ["recording", "time"]
    for path, y in zip(paths, SIGNALS, strict=True):
        pd.testing.assert_frame_equal(table.loc[str(path)], rows(y, SPEC), check_names=True)
    assert table.attrs["units"]["f0"] == "Hz"
    means = table.groupby(level="recording")["rms"].mean()
    np.testing.assert_allclose(means.loc[str(paths[1])], rows(SIGNALS[1], SPEC)["rms"].mean(), 1e-6)


def test_signals_are_named_by_their_places(paths: list[Path]) -> None:
    table = rows([SIGNALS[0], paths[1], SIGNALS[0]], SPEC)
    pd.testing.assert_frame_equal(table.loc[2], rows(SIGNALS[0], SPEC))
    assert list(table.index.get_level_values(0).unique()) == [0, str(paths[1]), 2]
    matrix = np.stack([SIGNALS[0], SIGNALS[1][:4000]])
    assert list(rows(matrix, SPEC).index.get_level_values(0).unique()) == [0, 1]


def test_a_recording_given_twice_is_there_twice(paths: list[Path]) -> None:
    table = rows([paths[0], paths[0]], SPEC)
    assert len(table) == 2 * len(rows(paths[0], SPEC))


def test_the_sample_rate_of_signals_counts(paths: list[Path]) -> None:
    expected = serfast.Extractor(SPEC)(SIGNALS[0], sample_rate=8000)
    np.testing.assert_array_equal(rows(pd.Series(SIGNALS[0]), SPEC, sample_rate=8000), expected)
    of_file = rows(paths[0], SPEC, sample_rate=8000)  # a file says its rate itself
    np.testing.assert_array_equal(of_file, rows(SIGNALS[0], SPEC))


@pytest.mark.parametrize(
    ("recordings", "options", "message"),
    [
        (3, {}, "recordings must be a sequence of paths, Recordings or signals, got 3"),
        ([], {}, "recordings must be at least 1, got none"),
        ([1.0, 2.0], {}, r"recordings\[0\] must be a path, .* got 1\.0"),
        ([SIGNALS[0], None], {}, r"recordings\[1\] must be a path, .* got None"),
        ([[[0.0], [0.0, 1.0]]], {}, r"recordings\[0\] must be a path"),
        (np.zeros(100, np.int64), {}, "recordings must be a path, .*int16"),
        (np.full(100, np.nan), {}, "finite"),
        (np.zeros(0), {}, "at least 1 sample"),
        (SIGNALS[0], {"sample_rate": -1}, "sample_rate must be a finite number > 0, got -1"),
        (SIGNALS[0], {"backend": "fast"}, "backend must be one of"),
    ],
)
def test_bad_arguments(recordings: object, options: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        rows(recordings, SPEC, **options)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"nowhere\.wav"):
        rows([tmp_path / "nowhere.wav"], SPEC)
    with pytest.raises(ParameterError, match="spec must be a FeatureSpec, got None"):
        rows(SIGNALS[0], None)
