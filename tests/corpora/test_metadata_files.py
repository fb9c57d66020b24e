"""Folders with `metadata.csv`, as `audiofolder` reads them, in one folder or one for each split."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from serfast.corpora import find_recordings
from serfast.errors import ParameterError

TABLE = "file_name,emotion,speaker_id\n{0}0.wav,joy,anna\n{0}1.wav,anger,ben\n"


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def facts(folder: Path, **options: str) -> list[tuple[str, str, str, str | None]]:
    found = find_recordings(folder, **options)
    return [(one.path.name, one.label, one.speaker, one.fold) for one in found]


def test_one_table(tmp_path: Path) -> None:
    touch(tmp_path, "audio/0.wav", "audio/1.wav", "audio/2.wav")
    (tmp_path / "metadata.csv").write_text(TABLE.format("audio/"))
    expected = [("0.wav", "joy", "anna", None), ("1.wav", "anger", "ben", None)]
    assert facts(tmp_path) == expected
    assert facts(tmp_path, labels="audiofolder") == expected


def test_a_table_for_each_split(tmp_path: Path) -> None:
    for split in ("test", "train"):
        touch(tmp_path / split, "0.wav", "1.wav")
        (tmp_path / split / "metadata.csv").write_text(TABLE.format(""))
    found = facts(tmp_path)
    assert [fold for *_, fold in found] == ["test", "test", "train", "train"]
    assert len(found) == 4


def test_json_lines_without_speakers(tmp_path: Path) -> None:
    touch(tmp_path, "0.wav")
    line = {"file_name": "0.wav", "mood": "joy", "transcription": "hello"}
    (tmp_path / "metadata.jsonl").write_text(json.dumps(line))
    assert facts(tmp_path, columns="label=mood") == [("0.wav", "joy", "unknown", None)]


def test_a_known_corpus_comes_first(tmp_path: Path) -> None:
    touch(tmp_path, "03a01Fa.wav", "0.wav", "1.wav")
    (tmp_path / "metadata.csv").write_text(TABLE.format(""))
    with pytest.warns(UserWarning, match="left out, not named"):
        assert facts(tmp_path) == [("03a01Fa.wav", "happiness", "03", None)]
    assert len(facts(tmp_path, labels="audiofolder")) == 2


def test_bad_folders(tmp_path: Path) -> None:
    touch(tmp_path, "0.wav")
    with pytest.raises(ParameterError, match=r"folder must hold metadata\.csv .* got "):
        find_recordings(tmp_path, "audiofolder")
    (tmp_path / "metadata.csv").write_text("file_name,emotion\n0.wav,joy\n7.wav,joy\n")
    with pytest.raises(ParameterError, match=r"metadata\.csv: line 3: no such file: .*7\.wav"):
        find_recordings(tmp_path)
    (tmp_path / "metadata.csv").write_text("file_name,duration\n0.wav,3\n")
    with pytest.raises(ParameterError, match=r"metadata\.csv: header must name path, label"):
        find_recordings(tmp_path)
    touch(tmp_path, "metadata.jsonl")
    with pytest.raises(ParameterError, match=r"one table in a folder, got metadata\.csv, metad"):
        find_recordings(tmp_path)
