"""Databases of audformat on disk: what that package wrote is read without it."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import audformat
import numpy as np
import pandas as pd
import pytest
import soundfile

from serfast.cli.main import main
from serfast.corpora import find_recordings, samples_of
from serfast.errors import ParameterError

RATE = 16000
FILES = [f"wav/{i}.wav" for i in range(6)]
LABELS = ["anger", "joy", "anger", "joy", "anger", "joy"]
SPEAKERS = [3, 3, 8, 8, 9, 9]
FORMATS = ["csv", "parquet"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files."""
    (tmp_path / "wav").mkdir()
    for i, file in enumerate(FILES):
        y = np.sin(np.arange(16000) / (5 + i)) / 2
        soundfile.write(tmp_path / file, y, RATE, subtype="FLOAT")
    return tmp_path


def database() -> audformat.Database:
    """A database as EmoDB's is: emotions in one table, speakers in another."""
    db = audformat.Database("test")
    db.schemes["emotion"] = audformat.Scheme(labels=["anger", "joy"])
    db.schemes["confidence"] = audformat.Scheme("float")
    db.schemes["speaker"] = audformat.Scheme("int", labels={3: {"gender": "male"}, 8: {}, 9: {}})
    db.schemes["transcription"] = audformat.Scheme("str")
    db.schemes["arousal"] = audformat.Scheme("float")
    table = db["emotion"] = audformat.Table(audformat.filewise_index(FILES))
    table["emotion"] = audformat.Column(scheme_id="emotion")
    table["emotion"].set(LABELS)
    table["emotion.confidence"] = audformat.Column(scheme_id="confidence")
    table["emotion.confidence"].set([0.9] * 6)
    about = db["files"] = audformat.Table(audformat.filewise_index(FILES))
    about["speaker"] = audformat.Column(scheme_id="speaker")
    about["speaker"].set(SPEAKERS)
    about["transcription"] = audformat.Column(scheme_id="transcription")
    about["transcription"].set(["a01", "b02"] * 3)
    return db


@pytest.mark.parametrize("form", FORMATS)
def test_labels_and_speakers_of_two_tables(folder: Path, form: str) -> None:
    database().save(folder, storage_format=form)
    recordings = find_recordings(folder)
    assert [one.path for one in recordings] == [folder / file for file in FILES]
    assert [one.label for one in recordings] == LABELS
    assert [one.speaker for one in recordings] == [str(speaker) for speaker in SPEAKERS]
    assert [one.text for one in recordings] == ["a01", "b02"] * 3
    assert find_recordings(folder, "audformat") == recordings


@pytest.mark.parametrize("form", FORMATS)
def test_segments_splits_and_ratings(folder: Path, form: str) -> None:
    db = database()
    db.splits["dev"] = audformat.Split("dev")
    ends = pd.to_timedelta(["0.5s", "1s", None])
    starts = pd.to_timedelta(["0.25s", "0s", "0.5s"])
    index = audformat.segmented_index(FILES[:3], starts, ends)
    table = db["emotion.gold_standard"] = audformat.Table(index, split_id="dev")
    table["mood"] = audformat.Column(scheme_id="emotion")
    table["mood"].set(["joy", "joy", None])
    table["arousal"] = audformat.Column(scheme_id="arousal")
    table["arousal"].set([0.5, None, 1.0])
    db.save(folder, storage_format=form)
    with pytest.warns(UserWarning, match="left out, without a label: 1 rows") as caught:
        first, second = find_recordings(folder)
    assert caught[0].filename == __file__
    assert (first.label, first.start, first.end, first.fold) == ("joy", 0.25, 0.5, "dev")
    assert (first.arousal, second.arousal) == (0.5, None)
    assert (first.speaker, first.text) == ("3", "a01")  # of the file that it is a part of
    assert len(samples_of(first, RATE)) == 4000


def test_several_tables_of_one_label(folder: Path) -> None:
    db = database()
    db["train"] = audformat.Table(audformat.filewise_index(FILES[:2]))
    db["train"]["emotion"] = audformat.Column(scheme_id="emotion")
    db["train"]["emotion"].set(LABELS[:2])
    db.save(folder)
    assert len(find_recordings(folder)) == 6  # they agree
    db["train"]["emotion"].set(LABELS[1::-1])
    db.save(folder)
    with pytest.raises(ParameterError, match=r"the same of wav/0\.wav .* emotion and train differ"):
        find_recordings(folder)
    chosen = find_recordings(folder, columns="label=train:emotion")
    assert [one.label for one in chosen] == LABELS[1::-1]
    assert [one.speaker for one in chosen] == ["3", "3"]


def test_a_column_of_ones_own(folder: Path) -> None:
    db = database()
    db["emotion"]["spoken"] = audformat.Column()
    db["emotion"]["spoken"].set(["x", "y"] * 3)
    db.save(folder)
    recordings = find_recordings(folder, columns="label=spoken,speaker=transcription")
    assert [one.label for one in recordings] == ["x", "y"] * 3
    assert {one.speaker for one in recordings} == {"a01", "b02"}
    with pytest.raises(ParameterError, match=r"db\.yaml: has no column 'mood'"):
        find_recordings(folder, columns="label=mood")
    with pytest.raises(ParameterError, match=r"key of columns must be one of label, .* got 'path'"):
        find_recordings(folder, columns="path=file")


def test_files_of_a_known_corpus_are_known_by_their_names(folder: Path) -> None:
    database().save(folder)
    (folder / "wav" / "0.wav").rename(folder / "wav" / "03a01Fa.wav")
    with pytest.warns(UserWarning, match="left out, not named as EmoDB"):
        [recording] = find_recordings(folder)
    assert recording.label == "happiness"


def test_without_the_package(folder: Path) -> None:
    database().save(folder)
    code = (
        "import sys; sys.modules['audformat'] = sys.modules['pandas'] = None\n"
        "from serfast.corpora import find_recordings\n"
        f"print(len(find_recordings({str(folder)!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "6\n"


def test_pyyaml_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database().save(folder)
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(ImportError, match="reading audformat needs PyYAML: pip install pyyaml"):
        find_recordings(folder)


def test_commands(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database().save(folder)
    assert main(["corpora", "audformat", str(folder)]) == 0
    assert "6 recordings, 3 speakers" in capsys.readouterr().out
    out = folder.parent / "out"
    arguments = ["--labels", "audformat", "-o", str(out), "--dataset", "--statistics"]
    assert main(["extract", str(folder), *arguments]) == 0


def write(folder: Path, header: str, table: str = "file,emotion\nwav/0.wav,joy\n") -> None:
    (folder / "db.yaml").write_text(header)
    (folder / "db.emotion.csv").write_text(table)


HEADER = "name: x\ntables:\n  emotion: {type: filewise, columns: {emotion: {scheme_id: emotion}}}\n"


@pytest.mark.parametrize(
    ("header", "table", "message"),
    [
        ("a: [", "", r"db\.yaml: can't be read as YAML"),
        ("!!python/object/apply:os.system [echo]", "", r"db\.yaml: can't be read as YAML"),
        ("- a", "", r"db\.yaml: must be a mapping, got list"),
        ("tables: 3", "", r"db\.yaml: tables must be a mapping, got int"),
        ("name: x", "", r"db\.yaml: must have a table with a column label, .* got no table"),
        (HEADER.replace("emotion:", "../emotion:", 1), "", "names of tables must be plain, got"),
        (HEADER.replace("emotion:", "mood:", 1), "", r"no such file: .*db\.mood\.csv"),
        (HEADER, "file,mood\nwav/0.wav,joy\n", r"csv: header must name emotion, got file,\s*mood"),
        (HEADER, "file,emotion\nwav/0.wav\n", "line 2: must have 2 cells, got 1"),
        (
            HEADER,
            "file,emotion\nwav/9.wav,joy\n",
            r"db\.emotion\.csv: line 2: no such file: .*9\.wav",
        ),
        (
            HEADER,
            "file,emotion\n../9.wav,joy\n",
            r"db\.emotion\.csv: line 2: no such file: .*9\.wav",
        ),
        (HEADER, "file,emotion\n", "has no row with a label"),
    ],
)
def test_bad_databases(folder: Path, header: str, table: str, message: str) -> None:
    write(folder, header, table)
    with pytest.raises(ParameterError, match=message):
        find_recordings(folder)


def test_a_small_database_by_hand(folder: Path) -> None:
    write(folder, HEADER)
    [recording] = find_recordings(folder)
    assert (recording.label, recording.speaker) == ("joy", "unknown")
    write(folder.joinpath(), HEADER, "file,emotion\n" + str(folder.parent / "x.wav") + ",joy\n")
    (folder.parent / "x.wav").write_bytes(b"")
    with pytest.raises(ParameterError, match=r"x\.wav is outside the folder"):
        find_recordings(folder)


def test_yaml_that_would_fill_the_memory(folder: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in pairwise("abcdefghi")]
    column = "{emotion: {scheme_id: *i}}"
    write(folder, "\n".join([*lines, "tables:", f"  emotion: {{split_id: *i, columns: {column}}}"]))
    [recording] = find_recordings(folder)
    assert recording.fold is None
    write(folder, "\n".join([*lines, "tables: *i"]))
    with pytest.raises(ParameterError, match="tables must be a mapping, got list"):
        find_recordings(folder)
