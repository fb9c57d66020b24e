"""`serfast extract` of recordings with odd names: each is right in every table."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

import serfast
from helpers.three_recordings import RATE, read_csv, write_three
from serfast.cli.main import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_three(tmp_path / "in")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such file names")
def test_names_that_are_not_utf8(folder: Path, tmp_path: Path) -> None:
    odd = (folder / "b.wav").rename(folder / "b\udcff.wav")
    for suffix in (".npz", ".csv", ".parquet"):
        assert main(["extract", str(odd), "-o", str(tmp_path / f"out{suffix}")]) == 0
    _, lines = read_csv(tmp_path / "out.csv")
    assert lines[0][0] == f"{folder}/b\ufffd.wav"


ODD_NAMES = ["a\nb.wav", "a\r.wav", "a, b.wav", 'a "b".wav', "a%s\t.wav", "ü\u2028.wav"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such file names")
def test_odd_names_are_right_in_every_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pyarrow import csv as arrow_csv
    from pyarrow import parquet

    folder = tmp_path / "in"
    folder.mkdir()
    for name in ODD_NAMES:
        soundfile.write(folder / name, np.zeros(800), RATE)
    names = {str(folder / name) for name in ODD_NAMES}
    for suffix in (".npz", ".csv", ".parquet"):
        assert main(["extract", str(folder), "-o", str(tmp_path / f"out{suffix}")]) == 0
    header, lines = read_csv(tmp_path / "out.csv")
    assert {len(line) for line in lines} == {len(header)}
    assert {line[0] for line in lines} == names
    options = arrow_csv.ParseOptions(newlines_in_values=True)
    table = arrow_csv.read_csv(tmp_path / "out.csv", parse_options=options)
    assert set(table["file"].to_pylist()) == names
    assert set(parquet.read_table(tmp_path / "out.parquet")["file"].to_pylist()) == names
    with np.load(tmp_path / "out.npz") as data:
        assert set(data["files"].tolist()) == names
    (folder / "a\nb.wav").write_text("no audio")
    assert main(["extract", str(folder), "-o", str(tmp_path / "again.csv")]) == 1
    assert capsys.readouterr().err.startswith(rf"serfast extract: {folder}/a\nb.wav: not audio")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such file names")
def test_names_that_differ_in_bytes_that_are_not_utf8(folder: Path, tmp_path: Path) -> None:
    from pyarrow import parquet

    for byte in ("\udcfe", "\udcff"):
        (folder / f"b{byte}.wav").write_bytes((folder / "b.wav").read_bytes())
    for suffix in (".csv", ".parquet"):
        assert main(["extract", str(folder), "-o", str(tmp_path / f"out{suffix}")]) == 0
    names = {str(folder / name) for name in ("a.flac", "b.wav", "sub/c.wav")}
    names |= {rf"{folder}/b\xfe.wav", rf"{folder}/b\xff.wav"}
    assert {line[0] for line in read_csv(tmp_path / "out.csv")[1]} == names
    assert set(parquet.read_table(tmp_path / "out.parquet")["file"].to_pylist()) == names


@pytest.mark.parametrize("column", ["time", "file"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_columns_of_the_tables_own_names_are_refused_before_the_work(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    column: str,
    suffix: str,
) -> None:
    spec = serfast.FeatureSpec(features=[serfast.RMS(name=column)])
    (tmp_path / "spec.json").write_text(spec.to_json())
    words = ["extract", str(folder), "--spec", str(tmp_path / "spec.json"), "-o"]
    out = tmp_path / f"out{suffix}"
    with monkeypatch.context() as patch:
        patch.setattr("serfast.cli.extract.find", lambda files: pytest.fail("it went to work"))
        assert main([*words, str(out)]) == 1
    rule = f"columns must have names other than file and time, which a {suffix} table has itself"
    assert f"{rule}, got '{column}'" in capsys.readouterr().err
    assert not out.exists()
    assert main([*words, str(tmp_path / "out.npz")]) == 0
    with np.load(tmp_path / "out.npz") as data:
        assert data["columns"].tolist() == [column]


def test_links_are_recordings_of_their_own(folder: Path, tmp_path: Path) -> None:
    (folder / "linked.wav").symlink_to("b.wav")
    (folder / "more").symlink_to("sub", target_is_directory=True)
    (folder / "sub" / "loop").symlink_to("..", target_is_directory=True)
    out = tmp_path / "out.npz"
    dots = str(folder / "sub" / ".." / "b.wav")
    assert main(["extract", str(folder), dots, "-o", str(out)]) == 0
    names = ["a.flac", "b.wav", "linked.wav", "more/c.wav", "sub/c.wav"]
    with np.load(out) as data:
        assert data["files"].tolist() == [str(folder / name) for name in names]
        np.testing.assert_array_equal(data["rows_1"], data["rows_2"])
