"""`serfast extract`: the table holds what the Extractor gives, and never half of it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

import serfast
from helpers.three_recordings import RATE, read_csv, write_three
from serfast.cli._recordings import find
from serfast.cli.main import main
from serfast.features.spec import FeatureSpec


@pytest.fixture
def spec() -> FeatureSpec:
    return serfast.FeatureSpec(
        hop_length=200, features=[serfast.RMS(name="a,b"), serfast.MFCC(n_fft=512, n_mels=40)]
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_three(tmp_path / "in")


@pytest.fixture
def spec_file(tmp_path: Path, spec: FeatureSpec) -> str:
    path = tmp_path / "spec.json"
    path.write_text(spec.to_json())
    return str(path)


def expected(folder: Path, spec: FeatureSpec) -> dict[str, np.ndarray]:
    extractor = serfast.Extractor(spec)
    paths = [folder / name for name in ("a.flac", "b.wav", "sub/c.wav")]
    return {str(path): extractor(serfast.load(path, RATE)[0]) for path in paths}


@pytest.mark.parametrize("threads", ["1", "3"])
def test_csv(folder: Path, tmp_path: Path, spec: FeatureSpec, spec_file: str, threads: str) -> None:
    out = tmp_path / "out.csv"
    arguments = [str(folder), "-o", str(out), "--spec", spec_file, "--threads", threads]
    assert main(["extract", *arguments]) == 0
    header, lines = read_csv(out)
    assert header == ["file", "time", *spec.columns]
    rows = expected(folder, spec)
    assert [line[0] for line in lines] == [name for name in rows for _ in rows[name]]
    values = np.array([line[2:] for line in lines], dtype=np.float32)
    np.testing.assert_array_equal(values, np.concatenate(list(rows.values())))
    times = [t * 200 / RATE for name in rows for t in range(len(rows[name]))]
    np.testing.assert_allclose([float(line[1]) for line in lines], times, rtol=1e-8)


def test_npz(folder: Path, tmp_path: Path, spec: FeatureSpec, spec_file: str) -> None:
    out = tmp_path / "out.npz"
    assert main(["extract", str(folder), "-o", str(out), "--spec", spec_file]) == 0
    with np.load(out, allow_pickle=False) as data:
        rows = expected(folder, spec)
        assert data["files"].tolist() == list(rows)
        for i, name in enumerate(rows):
            np.testing.assert_array_equal(data[f"rows_{i}"], rows[name])
        assert data["columns"].tolist() == list(spec.columns)
        assert data["time_step"] == 200 / RATE
        assert FeatureSpec.from_json(str(data["spec"])) == spec
        assert len(data.files) == 3 + 4


def test_parquet(
    folder: Path,
    tmp_path: Path,
    spec: FeatureSpec,
    spec_file: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pyarrow import parquet

    monkeypatch.setattr("serfast.corpora.tables.ParquetTable._GROUP", 40)
    out = tmp_path / "out.parquet"
    assert main(["extract", str(folder), "-o", str(out), "--spec", spec_file]) == 0
    table = parquet.read_table(out)
    rows = expected(folder, spec)
    assert table.column_names == ["file", "time", *spec.columns]
    assert table["file"].to_pylist() == [name for name in rows for _ in rows[name]]
    values = np.stack([table[name].to_numpy() for name in spec.columns], axis=1)
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, np.concatenate(list(rows.values())))
    times = [t * 200 / RATE for name in rows for t in range(len(rows[name]))]
    np.testing.assert_array_equal(table["time"].to_numpy(), times)
    assert FeatureSpec.from_json(table.schema.metadata[b"serfast.spec"]) == spec
    assert parquet.ParquetFile(out).num_row_groups > 1


@pytest.mark.parametrize("suffix", [".npz", ".csv"])
def test_same_bytes_again(folder: Path, tmp_path: Path, suffix: str) -> None:
    outs = [tmp_path / f"{i}{suffix}" for i in range(2)]
    for out, threads in zip(outs, "14", strict=True):
        assert main(["extract", str(folder), "-o", str(out), "--threads", threads]) == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()


@pytest.mark.parametrize("preset", ["speech", "librosa"])
def test_presets(folder: Path, tmp_path: Path, preset: str) -> None:
    out = tmp_path / "out.npz"
    assert main(["extract", str(folder), "-o", str(out), "--preset", preset]) == 0
    with np.load(out) as data:
        stored = FeatureSpec.from_json(str(data["spec"]))
    assert stored == getattr(serfast.presets, preset)()


def test_bad_recordings_are_reported_and_the_rest_goes_on(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "aa.wav").write_text("text")
    (tmp_path / "hollow").mkdir()
    out = tmp_path / "out.csv"
    sources = [str(folder), str(tmp_path / "none.wav"), str(tmp_path / "hollow")]
    assert main(["extract", *sources, "-o", str(out)]) == 1
    captured = capsys.readouterr()
    problems = captured.err.splitlines()
    assert problems[0] == f"serfast extract: {tmp_path / 'hollow'}: no recordings in this folder"
    assert problems[1].startswith(f"serfast extract: {folder / 'aa.wav'}: not audio")
    assert problems[2] == f"serfast extract: {tmp_path / 'none.wav'}: no such file or directory"
    assert len(problems) == 3
    assert captured.out.startswith(f"{out}: 3 recordings, ")
    assert captured.out.endswith(" 3 failed\n")
    _, lines = read_csv(out)
    assert {line[0] for line in lines} == {
        str(folder / name) for name in ("a.flac", "b.wav", "sub/c.wav")
    }


def test_a_signal_shorter_than_the_frame_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = tmp_path / "short.wav"
    soundfile.write(short, np.zeros(100), RATE)
    long = tmp_path / "long.wav"
    soundfile.write(long, np.zeros(1000), RATE)
    spec = serfast.FeatureSpec(center=False, features=[serfast.RMS(frame_length=512)])
    (tmp_path / "spec.json").write_text(spec.to_json())
    arguments = ["-o", str(tmp_path / "o.csv"), "--spec", str(tmp_path / "spec.json")]
    assert main(["extract", str(short), str(long), *arguments]) == 1
    assert capsys.readouterr().err.startswith(f"serfast extract: {short}: signal must be at least")


def test_each_recording_once(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.npz"
    file = str(folder / "b.wav")
    assert main(["extract", file, str(folder), file, "-o", str(out)]) == 0
    with np.load(out) as data:
        assert data["files"].tolist() == [file, str(folder / "a.flac"), str(folder / "sub/c.wav")]


def test_nothing_is_left_when_all_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.npz"
    assert main(["extract", str(tmp_path / "none.wav"), "-o", str(out)]) == 1
    assert f"no recording could be read, {out} was not written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".npz", ".csv", ".parquet"])
def test_an_interrupt_leaves_the_old_file(
    folder: Path, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / f"out{suffix}"
    out.write_text("old")

    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("serfast.cli._progress.Progress.step", interrupt)
    assert main(["extract", str(folder), "-o", str(out), "--force"]) == 130
    assert out.read_text() == "old"
    assert sorted(tmp_path.iterdir()) == [folder, out]


def test_an_existing_file_is_kept_unless_forced(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    out.write_text("precious")
    assert main(["extract", str(folder), "-o", str(out)]) == 1
    assert "output must be a new file (or use --force)" in capsys.readouterr().err
    assert out.read_text() == "precious"
    assert main(["extract", str(folder), "-o", str(out), "--force"]) == 0
    assert out.read_text().startswith("file,time,")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "out.txt"], "must end in .npz, .csv, .parquet, .arff, got 'out.txt'"),
        (["-o", "out.csv", "--threads", "0"], "must be an int >= 1, got '0'"),
        (["-o", "out.csv", "--threads", "many"], "must be an int >= 1, got 'many'"),
        (["-o", "out.csv", "--preset", "htk"], "invalid choice: 'htk'"),
        (["-o", "out.csv", "--preset", "speech", "--spec", "x"], "not allowed with"),
        ([], "required: -o/--output"),
    ],
)
def test_bad_usage(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["extract", "a.wav", *arguments])
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.json", None, "none.json: no such file or directory"),
        ("bad.json", "{", "bad.json: spec must be JSON text"),
        ("old.json", json.dumps({"format": 99}), "old.json: spec format must be"),
    ],
)
def test_bad_specs(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: str | None,
    message: str,
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    out = tmp_path / "out.csv"
    assert main(["extract", str(folder), "-o", str(out), "--spec", str(path)]) == 1
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_bad_outputs(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dir.csv").mkdir()
    for out, rule in [("dir.csv", "a file, got the folder"), ("no/out.csv", "an existing folder")]:
        assert main(["extract", str(folder), "-o", str(tmp_path / out), "--force"]) == 1
        assert rule in capsys.readouterr().err


def test_unknown_backend(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.csv"
    assert main(["extract", str(folder), "-o", str(out), "--backend", "abacus"]) == 1
    assert "backend must be one of" in capsys.readouterr().err


def test_parquet_without_pyarrow(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["extract", str(folder), "-o", str(tmp_path / "out.parquet")]) == 1
    assert "pip install pyarrow" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [folder]


def test_what_is_passed_over_and_what_can_not_be_read_is_said(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (folder / ".hidden.wav").touch()
    real = os.scandir

    def scandir(path: str) -> object:
        if os.fspath(path).endswith("sub"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return real(path)

    monkeypatch.setattr("os.scandir", scandir)
    out = tmp_path / "out.npz"
    assert main(["extract", str(folder), "-o", str(out)]) == 1
    captured = capsys.readouterr()
    assert captured.err == f"serfast extract: {folder / 'sub'}: permission denied\n"
    assert captured.out.startswith(f"{out}: 2 recordings, ")
    assert captured.out.endswith(" columns, 2 passed over (1 .txt, 1 hidden), 1 failed\n")


def test_emodb(emodb: Path, tmp_path: Path) -> None:
    paths = sorted(emodb.glob("03a0*.wav"))
    out = tmp_path / "out.npz"
    assert main(["extract", *map(str, paths), "-o", str(out)]) == 0
    extractor = serfast.Extractor(serfast.presets.speech())
    with np.load(out) as data:
        for i, path in enumerate(paths):
            np.testing.assert_array_equal(data[f"rows_{i}"], extractor(serfast.load(path)[0]))


def test_files_that_several_arguments_give_come_once(tmp_path: Path) -> None:
    for name in ("a.wav", "sub/b.wav", "sub/c.wav", "other/d.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    sub, other = tmp_path / "sub", tmp_path / "other"
    given = [sub / "c.wav", other, tmp_path / "sub" / ".." / "sub" / "c.wav", tmp_path, sub]
    names = [path.relative_to(tmp_path).as_posix() for path in find(given).paths]
    assert names == ["sub/c.wav", "other/d.wav", "a.wav", "sub/b.wav"]
    assert len(find(given, again=True).paths) == 9
