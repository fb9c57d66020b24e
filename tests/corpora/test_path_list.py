"""Paths come out of the list as they went in, whatever they are called."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from serfast.corpora.path_list import PathList
from serfast.urls import UrlPath

PATHS = [
    Path("a.wav"),
    Path("/a.wav"),
    Path("/"),
    Path("."),
    Path("../x/ä ö.wav"),
    Path("x/.."),
    Path("/corpus/anna") / "two\nlines.wav",
    UrlPath("s3://bucket/anna/03.wav"),
    UrlPath("zip://::s3://bucket/corpus.zip") / "anna" / "03.wav",
    UrlPath("s3://bucket"),
]


def test_every_path_comes_out_as_it_went_in() -> None:
    paths = PathList(PATHS)
    assert list(paths) == PATHS
    assert [type(path) for path in paths] == [type(path) for path in PATHS]
    assert [paths.text(i) for i in range(len(PATHS))] == [os.fspath(path) for path in PATHS]
    assert [paths.name(i) for i in range(len(PATHS))] == [path.name for path in PATHS]
    assert list(paths.files()) == [(path.parent, path.name) for path in PATHS]
    assert list(paths.reordered([7, 0, 4, 7])) == [PATHS[7], PATHS[0], PATHS[4], PATHS[7]]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are UTF-8 there")
def test_a_name_that_is_not_utf_8_stays_as_it_is() -> None:
    path = Path(os.fsdecode(b"/corpus/\xff\xe4.wav"))
    paths = PathList([path])
    assert os.fsencode(paths[0]) == os.fsencode(paths.text(0)) == b"/corpus/\xff\xe4.wav"


def test_it_is_a_sequence() -> None:
    paths = PathList(PATHS[:3])
    assert (len(paths), paths[-1], paths[1:]) == (3, PATHS[2], PATHS[1:3])
    with pytest.raises(IndexError):
        paths[3]
    assert [paths.text(i) for i in (-1, -3)] == ["/", "a.wav"]
    for place in (3, -4):
        with pytest.raises(IndexError):
            paths.text(place)
    assert not PathList()
    assert PATHS[1] in paths


def test_files_of_a_folder_by_name() -> None:
    paths = PathList()
    paths.extend_in(Path("anna"), ["03.wav", "04.wav"])
    assert list(paths) == [Path("anna/03.wav"), Path("anna/04.wav")]
