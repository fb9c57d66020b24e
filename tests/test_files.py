"""A file appears whole or not at all, and errors name the file that was wanted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from serfast.files import replacing


def fail_while_writing(path: Path, error: BaseException) -> None:
    with replacing(path) as temporary:
        temporary.write_text("half")
        raise error


def test_it_has_its_name_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    path.write_text("old")
    with replacing(path) as temporary:
        assert (temporary.parent, temporary.suffix) == (tmp_path, ".svg")
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["picture.svg"]


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt()])
def test_what_was_there_stays_after_an_error(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "model.zip"
    path.write_text("old")
    with pytest.raises(type(error)):
        fail_while_writing(path, error)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["model.zip"]


def test_an_error_of_the_system_names_the_file_wanted(tmp_path: Path) -> None:
    path = tmp_path / "none" / "model.zip"
    with pytest.raises(FileNotFoundError) as caught, replacing(path) as temporary:
        temporary.write_text("never")
    assert caught.value.filename == str(path)
