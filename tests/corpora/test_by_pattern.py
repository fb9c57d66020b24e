"""Labels by folders and by one's own pattern, and the names that labels get."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from serfast.corpora.emotions import STANDARD, emotion_table
from serfast.corpora.finding import find_recordings
from serfast.errors import ParameterError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("anna/happy/1.wav", "bo/sad/1.wav", "angry/x_2.wav", "loose.wav"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_folders(folder: Path) -> None:
    with pytest.warns(UserWarning, match="not in a folder that could be the label: 1 file: loose"):
        found = find_recordings(folder, "folders")
    assert [(one.label, one.speaker) for one in found] == [
        ("angry", "unknown"),
        ("happy", "anna"),
        ("sad", "bo"),
    ]


def test_a_pattern(folder: Path) -> None:
    with pytest.warns(UserWarning, match="not labelled by the pattern: 2 files"):
        found = find_recordings(folder, r"pattern:(?P<speaker>\w+)/(?P<label>\w+)/(?P<text>\d)")
    assert [(one.label, one.speaker, one.text) for one in found] == [
        ("happy", "anna", "1"),
        ("sad", "bo", "1"),
    ]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(", "pattern must be a regular expression, got '\\('"),
        ("(?P<label>x{1,99999999999})", "pattern must be a regular expression, got"),
        ("(" * 5000 + "(?P<label>x)" + ")" * 5000, "pattern must be a regular expression, got"),
        ("(?P<speaker>x)", "with a group"),
        ("(?P<label>zzz)", "labels must fit some recording"),
    ],
)
def test_bad_patterns(folder: Path, pattern: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        find_recordings(folder, f"pattern:{pattern}")


def test_names_of_labels(folder: Path, recwarn: pytest.WarningsRecorder) -> None:
    found = find_recordings(folder, "folders", emotions="standard,sad=-")
    assert [one.label for one in found] == ["anger", "happiness"]
    table = folder / "names.json"
    table.write_text(json.dumps({"happy": "joy"}))
    labels = [one.label for one in find_recordings(folder, "folders", emotions=table)]
    assert labels == ["angry", "joy", "sad"]
    with pytest.raises(ParameterError, match="emotions must be a table that leaves some"):
        find_recordings(folder, "folders", emotions="sad=-,angry=-,happy=-")


def test_the_standard_names_stay_as_they_are() -> None:
    assert all(STANDARD[name] == name for name in STANDARD.values())


@pytest.mark.parametrize("text", ["", "joy", "joy=", "=x", "standard=", "a=b,"])
def test_bad_tables_of_names(text: str) -> None:
    with pytest.raises(ParameterError, match="emotions must be standard, LABEL=NAME,… or "):
        emotion_table(text)


@pytest.mark.parametrize("content", ["[]", '{"a": 1}', '{"a": ""}', "{"])
def test_bad_files_of_names(tmp_path: Path, content: str) -> None:
    path = tmp_path / "names.json"
    path.write_text(content)
    with pytest.raises(ParameterError):
        emotion_table(path)


def test_a_folder_that_can_be_no_label_is_named(tmp_path: Path) -> None:
    path = tmp_path / "jo\ny" / "1.wav"
    path.parent.mkdir()
    path.touch()
    message = r"jo\\ny/1\.wav: label must be printable text, got 'jo\\ny'"
    with pytest.raises(ParameterError, match=message):
        find_recordings(tmp_path, "folders")
    with pytest.raises(ParameterError, match=message):
        find_recordings(tmp_path, r"pattern:(?s)(?P<label>.+)/")


def test_arguments_of_other_types(folder: Path) -> None:
    with pytest.raises(ParameterError, match="emotions must be text, a path or a mapping, got 5"):
        find_recordings(folder, "folders", emotions=5)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="columns must be text or a mapping, got 5"):
        find_recordings(folder, "labels.csv", columns=5)  # type: ignore[arg-type]
