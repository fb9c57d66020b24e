"""A dataset's parts: whole or not there, kept, made anew when anything that they are of changes."""

from __future__ import annotations

import csv
import errno
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pyarrow.dataset
import pyarrow.parquet
import pytest
import soundfile

import serfast
from serfast.corpora import (
    Extracted,
    Recording,
    dataset,
    dataset_content,
    dataset_parts,
    extract,
)
from serfast.errors import ParameterError, SerfastError

RATE = 16000
SPEC = serfast.FeatureSpec(features=[serfast.RMS()])


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Seven recordings of different lengths."""
    folder = tmp_path / "in"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for i in range(7):
        soundfile.write(folder / f"{i}.wav", rng.uniform(-0.5, 0.5, 2000 + 300 * i), RATE)
    return sorted(folder.glob("*.wav"))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def write(paths: list[Path], out: Path, **options: object) -> Extracted:
    return extract(paths, SPEC, out, recordings_per_part=2, **options)  # type: ignore[arg-type]


def content(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("part-*.parquet"))}


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the names of the recordings that are computed, as they are."""
    names: list[str] = []
    compute = dataset_content.RowContent.compute

    def spied(self: dataset_content.RowContent, source: dataset.Source) -> object:
        names.append(source.path.name)
        return compute(self, source)

    monkeypatch.setattr(dataset_content.RowContent, "compute", spied)
    return names


def test_it_is_one_table_with_the_rows_of_the_extractor(paths, out) -> None:
    recordings = [Recording(path, "anger", f"s{i}") for i, path in enumerate(paths)]
    written = extract(recordings, SPEC, out, recordings_per_part=3)
    table = pyarrow.dataset.dataset(out).to_table()
    rows = [serfast.Extractor(SPEC)(serfast.load(path)[0]) for path in paths]
    assert table.column_names == ["file", "time", "label", "speaker", "rms"]
    np.testing.assert_array_equal(table["rms"].to_numpy(), np.concatenate(rows)[:, 0])
    assert table["file"].to_pylist() == [
        str(path) for path, one in zip(paths, rows, strict=True) for _ in one
    ]
    assert table["time"].to_pylist() == [t for one in rows for t in SPEC.times(len(one))]
    assert set(table["label"].to_pylist()) == {"anger"}
    assert table["speaker"].to_pylist()[-1] == "s6"
    assert written == Extracted(out, 3, 0, 7, len(table), 1, 0)


def test_vectors_of_parts_of_one_file_have_their_labels(paths, out) -> None:
    halves = [
        Recording(paths[0], "anger", "a", end=0.05),
        Recording(paths[0], "fear", "b", start=0.05, end=0.1),
    ]
    statistics = serfast.Statistics()
    extract(halves, SPEC, out, statistics=statistics)
    lines = pyarrow.dataset.dataset(out).to_table().to_pylist()
    assert [(one["start"], one["end"], one["label"], one["speaker"]) for one in lines] == [
        (0.0, 0.05, "anger", "a"),
        (0.05, 0.1, "fear", "b"),
    ]
    y = serfast.load(paths[0])[0][800:1600]
    expected = statistics.over(SPEC.columns)(serfast.Extractor(SPEC)(y))
    np.testing.assert_array_equal(list(lines[1].values())[5:], expected)


def test_without_pyarrow_no_folder_is_left(paths, out, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ImportError, match="writing Parquet needs pyarrow: pip install pyarrow"):
        write(paths, out)
    assert not out.exists()


@pytest.mark.parametrize("statistics", [None, serfast.Statistics()])
def test_threads_change_no_byte(paths, out, statistics) -> None:
    write(paths, out / "1", threads=1, statistics=statistics)
    write(paths, out / "3", threads=3, statistics=statistics)
    assert len(content(out / "1")) == 4
    assert content(out / "1") == content(out / "3")


def test_finished_parts_are_kept(paths, out, computed) -> None:
    write(paths, out)
    before = {path: path.stat().st_mtime_ns for path in out.glob("*.parquet")}
    computed.clear()
    written = write(paths, out)
    assert (written.parts, written.kept, written.recordings) == (4, 4, 7)
    assert computed == []
    assert {path: path.stat().st_mtime_ns for path in out.glob("*.parquet")} == before


def louder(path: Path) -> None:
    samples, rate = soundfile.read(path)
    soundfile.write(path, samples * 1.5, rate)


@pytest.mark.parametrize("times", ["new", "restored"])
def test_a_changed_file_is_noticed(paths, out, computed, times) -> None:
    write(paths, out)
    before = content(out)
    former = paths[2].stat()
    louder(paths[2])
    assert paths[2].stat().st_size == former.st_size
    if times == "restored":
        os.utime(paths[2], ns=(former.st_atime_ns, former.st_mtime_ns))
    computed.clear()
    with pytest.warns(UserWarning, match=r"part-000001: .*2\.wav has changed; it is computed ag"):
        written = write(paths, out)
    assert computed == ["2.wav", "3.wav"]
    assert written.kept == 3
    after = content(out)
    assert [name for name in before if before[name] != after[name]] == ["part-000001.parquet"]
    write(paths, out / "new")
    assert content(out / "new") == after


def test_a_file_that_was_only_touched_or_copied_is_the_same(paths, out, computed) -> None:
    write(paths, out)
    data = paths[0].read_bytes()
    paths[0].unlink()
    paths[0].write_bytes(data)
    os.utime(paths[1], (1, 1))
    computed.clear()
    assert write(paths, out).kept == 4
    assert computed == []


def test_recordings_come_and_go(paths, out, computed) -> None:
    write(paths[:5], out)
    computed.clear()
    assert write(paths, out).kept == 3
    assert computed == ["5.wav", "6.wav"]
    computed.clear()
    with pytest.warns(UserWarning, match="part-000000: its recordings are gone, it is removed"):
        written = write(paths[2:], out)
    assert computed == []
    assert (written.parts, written.recordings) == (3, 5)
    with pytest.warns(UserWarning, match="part-000001: 1 of its recordings is gone"):
        write(paths[3:], out)
    assert computed == ["3.wav"]


def test_another_label_is_noticed(paths, out) -> None:
    extract([Recording(paths[0], "anger", "a")], SPEC, out)
    with pytest.warns(UserWarning, match="another label or speaker"):
        extract([Recording(paths[0], "fear", "a")], SPEC, out)
    assert set(pyarrow.dataset.dataset(out).to_table()["label"].to_pylist()) == {"fear"}


def test_other_settings_are_refused(paths, out, monkeypatch) -> None:
    write(paths, out)
    before = content(out)
    other = serfast.FeatureSpec(hop_length=200, features=[serfast.RMS()])
    for spec, options, named in [
        (other, {}, "another spec"),
        (SPEC, {"statistics": serfast.Statistics()}, "rows instead of vectors, other statistics"),
        (SPEC, {"backend": "reference"}, "the back end native instead of reference"),
        (SPEC, {"recordings_per_part": 3}, "2 recordings per part, not 3"),
    ]:
        with pytest.raises(ParameterError, match=f"which has {named}"):
            extract(paths, spec, out, **{"recordings_per_part": 2, **options})
    monkeypatch.setattr(dataset, "__version__", "9.9")
    version = serfast.__version__
    with pytest.raises(ParameterError, match=f"serfast's version {version} instead of 9.9"):
        write(paths, out)
    assert content(out) == before
    monkeypatch.undo()
    written = extract(paths, other, out, force=True)
    assert (written.parts, written.kept) == (1, 0)
    assert len(content(out)) == 1


def test_a_bad_recording_is_told_once_and_not_retried(paths, out, computed) -> None:
    paths[3].write_bytes(b"")
    with pytest.warns(UserWarning, match=r"left out: .*3\.wav: is empty"):
        written = write(paths, out)
    assert (written.recordings, written.failed) == (6, 1)
    computed.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert write(paths, out).failed == 1
    assert computed == []
    with (out / "_bad.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["path", "reason"], [str(paths[3]), "is empty"]]
    with pytest.warns(UserWarning, match="part-000001: 1 of its recordings failed"):
        write(paths, out, retry_bad=True)
    assert computed == ["2.wav", "3.wav"]
    paths[3].write_bytes(paths[2].read_bytes())
    with pytest.warns(UserWarning, match=r"3\.wav has changed"):
        assert write(paths, out).failed == 0
    assert (out / "_bad.csv").read_text() == "path,reason\n"


def test_a_part_in_which_all_are_bad_has_no_row(paths, out) -> None:
    for path in paths[:2]:
        path.unlink()
    with pytest.warns(UserWarning, match=r"left out: .*0\.wav"):
        assert write(paths, out).failed == 2
    assert pyarrow.parquet.read_table(out / "part-000000.parquet").num_rows == 0
    assert pyarrow.dataset.dataset(out).count_rows() > 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert write(paths, out).kept == 4


def test_a_full_disk_keeps_the_parts_before(paths, out, monkeypatch) -> None:
    add = dataset_content._RowTable.add
    calls: list[str] = []

    def full(self: object, source: dataset.Source, rows: object) -> int:
        calls.append(source.name)
        if len(calls) == 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        return add(self, source, rows)  # type: ignore[arg-type]

    monkeypatch.setattr(dataset_content._RowTable, "add", full)
    with pytest.raises(OSError, match=r"No space left on device.*part-000001\.parquet"):
        write(paths, out)
    assert list(content(out)) == ["part-000000.parquet"]
    assert list(out.glob(".part*")) == []
    monkeypatch.undo()
    assert write(paths, out).kept == 1
    write(paths, out / "new")
    assert content(out) == content(out / "new")


def test_a_damaged_part_is_made_anew(paths, out) -> None:
    write(paths, out)
    before = content(out)
    (out / "part-000002.parquet").write_bytes(b"PAR1")
    with pytest.warns(UserWarning, match="part-000002: its file is damaged"):
        write(paths, out)
    assert content(out) == before
    (out / "part-000001.parquet").unlink()
    (out / "_parts" / "part-000002.json").unlink()
    assert write(paths, out).kept == 2
    assert content(out) == before
    (out / "_parts" / "part-000003.json").unlink()
    assert write(paths[:6], out).kept == 3
    assert sorted(content(out)) == sorted(before)[:3]


def test_the_error_that_is_told_is_the_first_one(paths, out, monkeypatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", "first")

    def fuller(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "second")

    monkeypatch.setattr(dataset_content._RowTable, "add", full)
    monkeypatch.setattr(dataset, "count", fuller)
    with pytest.raises(OSError, match="'first'"):
        write(paths, out)


def test_folders_of_others_and_doubled_recordings_are_refused(paths, tmp_path) -> None:
    with pytest.raises(ParameterError, match=r"folder must be an empty.*holds 0\.wav"):
        write(paths, tmp_path / "in")
    with pytest.raises(ParameterError, match="folder must be a folder, or a new one"):
        write(paths, paths[0])
    with pytest.raises(ParameterError, match="recordings must be different ones"):
        write([paths[0], paths[0]], tmp_path / "out")
    with pytest.raises(ParameterError, match="recordings must be at least 1"):
        write([], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locks")
def test_two_programs_do_not_write_one_dataset(paths, out) -> None:
    out.mkdir()
    with dataset.alone(out), pytest.raises(SerfastError, match="another program is writing"):
        write(paths, out)


@pytest.mark.parametrize("before", [True, False])
def test_an_end_between_the_two_files_of_a_part_loses_nothing(
    paths, out, monkeypatch, before
) -> None:
    write(paths, out)
    louder(paths[2])
    remember = dataset_parts.Parts.remember

    def ended(self: dataset_parts.Parts, number: int, state: dict) -> None:
        if not before:
            remember(self, number, state)
        raise KeyboardInterrupt

    monkeypatch.setattr(dataset_parts.Parts, "remember", ended)
    with pytest.warns(UserWarning, match="has changed"), pytest.raises(KeyboardInterrupt):
        write(paths, out)
    assert (out / "part-000001.parquet").exists() == before
    monkeypatch.undo()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert write(paths, out).kept == 3
    write(paths, out / "new")
    assert content(out) == content(out / "new")


KILLED = """
import sys, pathlib, time, serfast
from serfast.corpora import dataset_content, extract
compute = dataset_content.RowContent.compute
def slow(self, source):
    time.sleep(0.05)
    print(source.path.name, flush=True)
    return compute(self, source)
dataset_content.RowContent.compute = slow
paths = sorted(pathlib.Path(sys.argv[1]).glob("*.wav"))
spec = serfast.FeatureSpec(features=[serfast.RMS()])
extract(paths, spec, sys.argv[2], recordings_per_part=2)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("after", [1, 3, 6])
def test_a_killed_program_goes_on(paths, out, computed, after) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", KILLED, str(paths[0].parent), str(out)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        for _ in range(after):
            assert child.stdout.readline()
        child.kill()
    assert child.returncode == -signal.SIGKILL
    there = content(out)
    for name in there:
        pyarrow.parquet.read_table(out / name)
    begin = time.monotonic()
    assert write(paths, out).kept == len(there)
    assert time.monotonic() - begin < 10
    assert len(computed) == 7 - sum(2 for _ in there)
    assert list(out.glob(".part*")) == []
    write(paths, out / "new")
    assert content(out) == content(out / "new")
    assert {name: content(out)[name] for name in there} == there
