"""`serfast extract --dataset`: what it says, and how it ends."""

from __future__ import annotations

import errno
import json
import os
import signal
import zipfile
from pathlib import Path

import numpy as np
import pyarrow.dataset
import pytest
import soundfile

import serfast
from serfast.cli._progress import Progress
from serfast.cli.main import main
from serfast.corpora import dataset_content


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five recordings, named as EmoDB's are, and a bad one."""
    folder = tmp_path / "in"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in ("03a01Fa", "03a01Wa", "08a01Na", "08a02Ta", "09a01Fb"):
        soundfile.write(folder / f"{name}.wav", rng.uniform(-0.5, 0.5, 6000), 16000)
    (folder / "08a01Lb.wav").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    return folder


COMMAND = ["extract", "in", "-o", "out", "--dataset", "--part", "2"]


def rows(folder: str = "out") -> list[dict]:
    return pyarrow.dataset.dataset(folder).to_table().to_pylist()


def content(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).glob("part-*.parquet")}


def test_rows_with_label_and_speaker_and_the_bad_one_beside(corpus, capsys) -> None:
    assert main(COMMAND) == 1
    said = capsys.readouterr()
    assert said.err == "serfast extract: in/08a01Lb.wav: is empty\n"
    assert said.out == (
        f"out: 3 parts, 5 recordings, {len(rows())} rows of "
        f"{len(serfast.presets.speech().columns)} columns, 1 failed (out/_bad.csv)\n"
    )
    assert Path("out/_bad.csv").read_text() == "path,reason\nin/08a01Lb.wav,is empty\n"
    assert list(rows()[0])[:4] == ["file", "time", "label", "speaker"]
    assert {(one["file"], one["label"], one["speaker"]) for one in rows()} >= {
        ("in/03a01Wa.wav", "anger", "03"),
        ("in/08a02Ta.wav", "sadness", "08"),
    }
    assert main([*COMMAND, "--json"]) == 1
    said = capsys.readouterr()
    assert said.err == "serfast extract: out: 3 parts kept, 0 recordings to do\n"
    assert json.loads(said.out) == {
        "output": "out",
        "parts": 3,
        "kept": 3,
        "recordings": 5,
        "rows": len(rows()),
        "columns": len(serfast.presets.speech().columns),
        "passed_over": 0,
        "failed": 1,
    }


@pytest.mark.parametrize("more", [[], ["--statistics"], ["--statistics", "--preset", "egemaps"]])
def test_the_numbers_are_those_of_one_table_whatever_the_threads(corpus, more) -> None:
    (corpus / "08a01Lb.wav").unlink()
    for threads in ("1", "3"):
        words = [*COMMAND, *more, "--threads", threads]
        words[3] = f"out{threads}"
        assert main(words) == 0
    assert content("out1") == content("out3")
    assert main(["extract", "in", "-o", "one.parquet", *more]) == 0
    table = pyarrow.dataset.dataset("out1").to_table()
    one = pyarrow.dataset.dataset("one.parquet").to_table()
    assert table.select(one.column_names).equals(one)


def test_another_spec_is_refused_and_begun_anew_with_force(corpus, capsys) -> None:
    (corpus / "08a01Lb.wav").unlink()
    assert main(COMMAND) == 0
    before = content("out")
    assert main([*COMMAND, "--preset", "librosa"]) == 1
    assert "which has another spec (force begins it anew)" in capsys.readouterr().err
    assert content("out") == before
    assert main([*COMMAND, "--preset", "librosa", "--force"]) == 0
    assert list(rows()[0])[4:] == list(serfast.presets.librosa().columns)


def test_a_changed_file_is_named(corpus, capsys) -> None:
    (corpus / "08a01Lb.wav").unlink()
    assert main(COMMAND) == 0
    soundfile.write(corpus / "03a01Wa.wav", np.zeros(3000), 16000)
    capsys.readouterr()
    assert main(COMMAND) == 0
    first, second = capsys.readouterr().err.splitlines()
    assert first == (
        "serfast extract: out: part-000000: in/03a01Wa.wav has changed; it is computed again"
    )
    assert second == "serfast extract: out: 2 parts kept, 2 recordings to do"


@pytest.mark.skipif(os.name == "nt", reason="a process can't send itself these signals there")
@pytest.mark.parametrize(("name", "said"), [("SIGINT", "interrupted"), ("SIGTERM", "terminated")])
def test_a_signal_tells_what_is_there(corpus, monkeypatch, capsys, name, said) -> None:
    (corpus / "08a01Lb.wav").unlink()
    number = getattr(signal, name)
    steps: list[str] = []

    def step(self: Progress, text: str) -> None:
        steps.append(text)
        if len(steps) == 3:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(Progress, "step", step)
    assert main(COMMAND) == 128 + number
    message = f"serfast: {said}; out holds 1 part, the same command goes on\n"
    assert capsys.readouterr().err == message
    assert [path.name for path in Path("out").glob("*.parquet")] == ["part-000000.parquet"]
    monkeypatch.undo()
    monkeypatch.chdir(corpus.parent)
    assert main(COMMAND) == 0
    assert "(1 kept)" in capsys.readouterr().out
    assert main([*COMMAND[:3], "new", *COMMAND[4:]]) == 0
    assert content("out") == content("new")


def test_a_full_disk_tells_what_is_there(corpus, monkeypatch, capsys) -> None:
    (corpus / "08a01Lb.wav").unlink()
    add = dataset_content._RowTable.add

    def full(self: object, source: object, computed: object) -> int:
        if source.name.endswith("09a01Fb.wav"):  # type: ignore[attr-defined]
            raise OSError(errno.ENOSPC, "No space left on device")
        return add(self, source, computed)  # type: ignore[arg-type]

    monkeypatch.setattr(dataset_content._RowTable, "add", full)
    assert main(COMMAND) == 1
    assert capsys.readouterr().err == (
        "serfast extract: error: out/part-000002.parquet: no space left on device; "
        "out holds 2 parts, the same command goes on\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["extract", "-", "-o", "out", "--dataset"], "FILE must be a file or folder with"),
        ([*COMMAND, "--segments", "1"], "--segments and --overlap must be given without --dataset"),
        ([*COMMAND, "--statistics-file", "x"], "--statistics-file must be given with --statistics"),
        (["extract", "in", "-o", "o.csv", "--retry-bad"], "must be given with --dataset"),
        (["extract", "in", "in", *COMMAND[2:], "--labels", "emodb"], "FILE must be one folder"),
        (["extract", "in", "-o", "in", "--dataset"], "which holds 03a01Fa.wav"),
    ],
)
def test_what_does_not_fit_is_refused(corpus, capsys, words, message) -> None:
    assert main(words) == 1
    assert message in capsys.readouterr().err


def test_a_table_and_a_zip_have_recordings_and_parts_of_them(corpus) -> None:
    (corpus / "08a01Lb.wav").unlink()
    Path("t.csv").write_text(
        "path,label,speaker,start,end\n"
        "in/03a01Fa.wav,x,anna,0,0.1\nin/03a01Fa.wav,y,berta,0.1,0.3\nin/08a01Na.wav,x,anna,,\n"
    )
    assert main(["extract", "t.csv", "-o", "a", "--dataset", "--statistics"]) == 0
    assert main(["extract", "in", "-o", "b", "--dataset", "--statistics", "--labels", "t.csv"]) == 0
    for folder in "ab":
        assert [(one["speaker"], one["start"], one["end"]) for one in rows(folder)] == [
            ("anna", 0.0, 0.1),
            ("berta", 0.1, 0.3),
            ("anna", 0.0, 0.375),
        ]
    with zipfile.ZipFile("in.zip", "w") as archive:
        for path in sorted(corpus.iterdir()):
            archive.write(path, path.name)
    assert main(["extract", "in.zip", *COMMAND[2:]]) == 0
    assert {one["file"] for one in rows()} == {f"in.zip/{path.name}" for path in corpus.iterdir()}
    assert {one["label"] for one in rows()} == {"anger", "happiness", "neutral", "sadness"}


@pytest.mark.parametrize("number", ["0", "x", "1000001"])
def test_a_part_has_a_number_of_recordings(corpus, capsys, number) -> None:
    with pytest.raises(SystemExit):
        main([*COMMAND[:-1], number])
    assert f"must be an int from 1 to 1000000, got '{number}'" in capsys.readouterr().err


def test_the_bar_has_the_rate_and_the_time_left(corpus, monkeypatch) -> None:
    lines: list[str] = []
    monkeypatch.setattr(Progress, "step", lambda self, text: lines.append(text))
    assert main(COMMAND) == 1
    assert len(lines) == 6
    assert all(float(line.split()[0]) > 0 and " a second, " in line for line in lines)
    assert lines[-1].endswith("09a01Fb.wav")
