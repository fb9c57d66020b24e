"""Scripts written for opensmile-python run with the import changed: every argument and method."""

from __future__ import annotations

import inspect
import io
import json
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
import soundfile

import serfast.compat.opensmile as opensmile
from serfast.errors import ParameterError

RATE = 16000
SET = opensmile.FeatureSet.eGeMAPSv02


def speech(n_samples: int, seed: int) -> Any:
    t = np.arange(n_samples) / RATE
    tones = sum(np.cos(2 * np.pi * (110 + 30 * seed) * k * t) / k for k in range(1, 15)) / 10
    noise = np.random.default_rng(seed).normal(0, 3e-3, n_samples)
    return (tones * (np.sin(2 * np.pi * 2 * t) > -0.3) + noise).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for i, name in enumerate(("b", "a", ".hidden")):
        soundfile.write(tmp_path / f"{name}.wav", speech(RATE, i), RATE)
    (tmp_path / "inside").mkdir()
    soundfile.write(tmp_path / "inside" / "c.wav", speech(RATE, 3), RATE)
    return tmp_path


class Halves:
    """It has the methods of audinterface.Segment: the halves of what it is given, with a gap."""

    def process_signal(
        self,
        signal: Any,
        sampling_rate: int,
        *,
        file: str | None = None,
        start: Any = None,
        end: Any = None,
    ) -> Any:
        n_seconds = signal.shape[-1] / sampling_rate
        times = [[0, n_seconds / 2 + 0.1], [n_seconds / 2, n_seconds]]
        levels = [pandas.to_timedelta(one, unit="s") for one in times]
        if file is None:
            return pandas.MultiIndex.from_arrays(levels, names=["start", "end"])
        return pandas.MultiIndex.from_arrays(
            [[file, file], *levels], names=["file", "start", "end"]
        )


def test_the_constructor_has_opensmiles_arguments_in_their_order() -> None:
    """The names are those of the documentation of opensmile-python 2.6."""
    documented = [
        "feature_set",
        "feature_level",
        "options",
        "loglevel",
        "logfile",
        "sampling_rate",
        "channels",
        "mixdown",
        "resample",
        "segment",
        "keep_nat",
        "num_workers",
        "multiprocessing",
        "verbose",
    ]
    given = list(inspect.signature(opensmile.Smile).parameters)
    assert given[: len(documented)] == documented
    levels = [level.name for level in opensmile.FeatureLevel]
    assert levels == ["LowLevelDescriptors", "LowLevelDescriptors_Deltas", "Functionals"]
    assert opensmile.FeatureSet["eGeMAPSv01a"] is opensmile.FeatureSet.eGeMAPS


def test_a_script_of_files(folder: Path, tmp_path: Path) -> None:
    smile = opensmile.Smile(
        feature_set=opensmile.FeatureSet.eGeMAPSv02,
        feature_level=opensmile.FeatureLevel.Functionals,
        options={},
        loglevel=3,
        logfile=str(tmp_path / "smile.log"),
        sampling_rate=16000,
        channels=[0],
        mixdown=True,
        resample=True,
        segment=None,
        keep_nat=False,
        num_workers=None,
        multiprocessing=True,
        verbose=False,
    )
    a, b = (str(folder / name) for name in ("a.wav", "b.wav"))
    one = smile.process_file(a)
    both = smile.process_files([a, b])
    pandas.testing.assert_frame_equal(one, both.iloc[:1])
    pandas.testing.assert_frame_equal(both, smile.process_folder(str(folder)))
    short = smile.process_folder(str(folder), filetype=".wav", include_root=False)
    assert list(short.index.get_level_values("file")) == ["a.wav", "b.wav"]
    assert (one.columns == smile.column_names).all()
    assert smile.num_features == len(smile.feature_names) == smile.to_numpy(both).shape[1] == 88
    assert smile.to_numpy(both).shape == (smile.num_channels, 88, 2)
    signal, rate = soundfile.read(a, dtype="float32")
    np.testing.assert_array_equal(smile(signal, rate)[0, :, 0], both.to_numpy()[0])
    lines = (tmp_path / "smile.log").read_text().splitlines()
    assert sum(f"{a}: 0 s to 1 s" in line for line in lines) == 3
    assert (smile.name, smile.config_name, smile.win_dur) == ("smile", "eGeMAPSv02", None)
    assert smile.params["feature_level"] == "Functionals"
    assert smile.logfile == str(tmp_path / "smile.log")


def test_a_script_of_signals() -> None:
    smile = opensmile.Smile(SET, channels=[0, -1])
    pair = np.stack([speech(RATE, 1), speech(RATE, 2)])
    table = smile.process_signal(pair, RATE, file="pair.wav", start="250ms", end="12000")
    assert table.columns.equals(smile.column_names)
    assert table.index[0] == ("pair.wav", pandas.Timedelta("0.25s"), pandas.Timedelta("0.75s"))
    second = opensmile.Smile(SET).process_signal(pair[1, 4000:12000], RATE)
    np.testing.assert_array_equal(table[-1].to_numpy(), second.to_numpy())
    index = pandas.MultiIndex.from_arrays(
        [pandas.to_timedelta(one, unit="s") for one in ([0, 0.25], [0.5, 0.75])],
        names=["start", "end"],
    )
    parts = smile.process_signal_from_index(pair, RATE, index)
    assert parts.index.equals(index)
    np.testing.assert_array_equal(parts.to_numpy()[1], table.to_numpy()[0])


def test_text_without_a_unit_counts_samples_of_the_wanted_rate() -> None:
    smile = opensmile.Smile(SET, sampling_rate=8000, resample=True)
    table = smile.process_signal(speech(RATE, 1), RATE, start="2000")
    assert table.index[0] == (pandas.Timedelta("0.25s"), pandas.Timedelta("1s"))


def test_an_index_of_files_or_segments(folder: Path) -> None:
    smile = opensmile.Smile(SET, num_workers=2)
    files = pandas.Index(["b.wav", "a.wav"], name="file")
    table = smile.process_index(files, root=str(folder))
    assert table.index.names == ["file", "start", "end"]
    kept = smile.process_index(files, root=str(folder), preserve_index=True)
    assert kept.index.equals(files)
    np.testing.assert_array_equal(kept.to_numpy(), table.to_numpy())
    pandas.testing.assert_frame_equal(smile.process_index(table.index, root=str(folder)), table)
    nat = table.index.set_levels([pandas.NaT] * 1, level="end", verify_integrity=False)
    pandas.testing.assert_frame_equal(smile.process_index(nat, root=str(folder)), table)
    rows = opensmile.Smile(SET, "lld")
    with pytest.raises(ParameterError, match="preserve_index must be False where an entry has"):
        rows.process_index(files, root=str(folder), preserve_index=True)


def test_an_index_is_computed_once_if_there_is_a_cache(folder: Path, tmp_path: Path) -> None:
    log, cache = tmp_path / "log", tmp_path / "cache"
    smile = opensmile.Smile(SET, loglevel=3, logfile=str(log))
    files = pandas.Index(["b.wav", "a.wav"], name="file")
    first = smile.process_index(files, root=str(folder), cache_root=str(cache))
    n_lines = len(log.read_text().splitlines())
    again = smile.process_index(files, root=str(folder), cache_root=str(cache))
    pandas.testing.assert_frame_equal(again, first)
    assert len(log.read_text().splitlines()) == n_lines == 2  # nothing was computed again
    other = opensmile.Smile("GeMAPSv01b").process_index(
        files, root=str(folder), cache_root=str(cache)
    )
    assert other.shape == (2, 62)  # the settings are part of the name
    soundfile.write(folder / "a.wav", speech(RATE, 9), RATE)
    changed = smile.process_index(files, root=str(folder), cache_root=str(cache))
    assert (changed.to_numpy()[1] != first.to_numpy()[1]).any()
    for path in cache.iterdir():
        path.write_bytes(path.read_bytes()[:100])
    mended = smile.process_index(files, root=str(folder), cache_root=str(cache))
    pandas.testing.assert_frame_equal(mended, changed)
    with pytest.raises(ParameterError, match="cache_root must be None if there is a segment"):
        opensmile.Smile(SET, segment=Halves()).process_index(files, cache_root=str(cache))


def test_a_segment_gives_rows_to_each_part(folder: Path) -> None:
    smile = opensmile.Smile(SET, segment=Halves())
    table = smile.process_file("a.wav", root=str(folder))
    times = [(start.total_seconds(), end.total_seconds()) for _, start, end in table.index]
    assert times == [(0, 0.5), (0.6, 1)]
    whole = opensmile.Smile(SET).process_file("a.wav", start=0.6, root=str(folder))
    np.testing.assert_array_equal(table.to_numpy()[1], whole.to_numpy()[0])
    signal, _ = soundfile.read(folder / "a.wav", dtype="float32")
    np.testing.assert_array_equal(smile.process_signal(signal, RATE).to_numpy(), table.to_numpy())


def test_an_end_that_is_not_given_stays_nat_if_asked(folder: Path) -> None:
    for level in ("func", "lld"):
        table = opensmile.Smile(SET, level, keep_nat=True).process_file(folder / "a.wav")
        ends = table.index.get_level_values("end")
        assert ends[-1] is pandas.NaT
        assert not ends[:-1].isna().any()
        given = opensmile.Smile(SET, level, keep_nat=True).process_file(folder / "a.wav", end=1)
        assert not given.index.get_level_values("end").isna().any()


def test_a_smile_goes_to_other_processes(folder: Path, tmp_path: Path) -> None:
    smile = opensmile.Smile(SET, logfile=tmp_path / "log", loglevel=3)
    copy = pickle.loads(pickle.dumps(smile))
    pandas.testing.assert_frame_equal(copy.process_folder(folder), smile.process_folder(folder))
    assert len((tmp_path / "log").read_text().splitlines()) == 4


def test_progress_is_printed(folder: Path, capsys: Any) -> None:
    opensmile.Smile(SET, verbose=True).process_folder(folder)
    assert "|####################| 2 of 2 files\n" in capsys.readouterr().err


def test_the_arguments_are_written_as_yaml(tmp_path: Path) -> None:
    smile = opensmile.Smile(SET, "lld", channels=[0, 1], num_workers=3)
    lines = smile.to_yaml_s(include_version=False).splitlines()
    assert lines[0] == "$serfast.compat.opensmile.Smile:"
    values = {k.strip(): json.loads(v) for k, v in (line.split(":", 1) for line in lines[1:])}
    assert values == smile.arguments
    smile.to_yaml(tmp_path / "smile.yaml")
    stream = io.StringIO()
    smile.to_yaml(stream)
    assert (tmp_path / "smile.yaml").read_text() == stream.getvalue() == smile.to_yaml_s()
    again = opensmile.Smile.from_dict(smile.to_dict())
    assert (again, again.id, hash(again)) == (smile, smile.id, hash(smile))
    assert opensmile.Smile(SET, "lld").id != smile.id
    assert smile.short_id == smile.id[-8:]
    assert smile.params["channels.1"] == 1
    assert not set(smile.hidden_arguments) & set(smile.arguments)
    for bad in ({}, {"Smile": {}}, {"$serfast.compat.opensmile.Smile": 5}, None):
        with pytest.raises(ParameterError, match="d must be what to_dict gives"):
            opensmile.Smile.from_dict(bad)
    with pytest.raises(ParameterError, match="path_or_stream must be a path"):
        smile.to_yaml(5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"options": {"sinkLevel": "x"}}, "options must be None or empty: serfast runs no conf"),
        ({"feature_set": "my.conf"}, "serfast runs no configuration file, got 'my.conf'"),
        ({"feature_set": "IS09"}, "feature_set must be one that serfast has"),
        ({"loglevel": 6}, "loglevel must be an int <= 5, got 6"),
        ({"logfile": 5}, "logfile must be a path or None, got 5"),
        ({"segment": 5}, "segment must be None, or have process_signal"),
        ({"multiprocessing": 1}, "multiprocessing must be True or False, got 1"),
        ({"keep_nat": None}, "keep_nat must be True or False, got None"),
        ({"num_workers": 0}, "num_workers must be an int >= 1, got 0"),
        ({"verbose": "yes"}, "verbose must be True or False, got 'yes'"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        opensmile.Smile(**{"feature_set": SET, **arguments})


def test_a_set_that_is_not_given_is_no_silent_choice() -> None:
    with pytest.warns(UserWarning, match="opensmile-python takes ComParE_2016 then") as caught:
        smile = opensmile.Smile()
    assert Path(caught[0].filename).name == Path(__file__).name
    assert smile.feature_set is SET
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opensmile.Smile(SET)


@pytest.mark.parametrize("index", [5, "a.wav", pandas.MultiIndex.from_tuples([("a", 1)])])
def test_an_index_of_other_levels_is_refused(index: Any) -> None:
    with pytest.raises(ParameterError, match="index must be one of files"):
        opensmile.Smile(SET).process_index(index)


def test_channels_that_are_not_there_are_refused() -> None:
    for channel, rule in ((2, "below 2"), (-3, ">= -2")):
        with pytest.raises(ParameterError, match=f"channels must be {rule}"):
            opensmile.Smile(SET, channels=channel)(np.zeros((2, RATE), np.float32), RATE)
