"""Searching folders: links are followed, loops aren't, and what is left out is counted."""

from __future__ import annotations

import os
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.unreadable import closed, public_folder
from serfast.corpora.finding import audio_files, find_recordings
from serfast.corpora.searching import search
from serfast.errors import ParameterError


@pytest.fixture
def public() -> Iterator[Path]:
    with public_folder() as folder:
        yield folder


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def names(folder: Path, paths: list[Path]) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in paths]


def test_what_is_passed_over_is_counted_by_its_reason(tmp_path: Path) -> None:
    touch(
        tmp_path, "a.wav", "b/c.FLAC", "n.txt", "b/m.TXT", "README", ".hidden", "._a.wav", "x.csv"
    )
    touch(tmp_path, ".git/z.wav")
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "gone.txt").symlink_to("nowhere")
    found = search(tmp_path)
    assert names(tmp_path, found.paths) == ["a.wav", "b/c.FLAC"]
    assert found.problems == []
    assert found.passed_over == Counter(
        {".txt": 2, "hidden": 2, "hidden folder": 1, "without suffix": 1, ".csv": 1}
    ) + Counter({"pipe or device": 1, "broken link": 1})
    assert found.rest().startswith("9 passed over (2 ")
    assert found.rest().endswith(", and 2 more)")


def test_nothing_passed_over_is_not_mentioned(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav")
    assert search(tmp_path).rest() == ""


@pytest.mark.parametrize("installed", [True, False])
def test_recordings_that_need_another_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    monkeypatch.setattr("serfast.audio.suffixes._has_pyav", lambda: installed)
    touch(tmp_path, "03a01Fa.wav", "03a01Wa.m4a", "03a01Ta.M4A", "notes.txt")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        paths = audio_files(tmp_path)
        recordings = find_recordings(tmp_path)
    assert [recording.path for recording in recordings] == paths
    assert len(paths) == (3 if installed else 1)
    missed = [] if installed else ['passed over: 2 .m4a (install "serfast[av]" to read them)'] * 2
    assert [str(warning.message) for warning in caught] == missed
    rest = "1 passed over (1 .txt)" if installed else "3 passed over (2 .m4a (install "
    assert search(tmp_path).rest().startswith(rest)


# --- links ----------------------------------------------------------------------------------------


def test_links_to_files_and_folders_are_followed(tmp_path: Path) -> None:
    """A hub's cache: the files have their sums as names, and links lead there."""
    touch(tmp_path, "blobs/0a1b", "blobs/2c3d", "elsewhere/wav/03a01Fa.wav")
    snapshot = tmp_path / "snapshots" / "main"
    snapshot.mkdir(parents=True)
    (snapshot / "03a01Wa.wav").symlink_to("../../blobs/0a1b")
    (snapshot / "03a01Ta.wav").symlink_to("../../blobs/2c3d")
    (snapshot / "again.wav").symlink_to("../../blobs/2c3d")
    (snapshot / "more").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    found = search(snapshot)
    assert names(snapshot, found.paths) == [
        "03a01Ta.wav",
        "03a01Wa.wav",
        "again.wav",
        "more/wav/03a01Fa.wav",
    ]
    with pytest.warns(UserWarning, match=r"1 file: again\.wav"):
        assert len(find_recordings(snapshot)) == 3


@pytest.mark.parametrize("target", [".", "..", "../..", "../../b/up"])
def test_loops_end(tmp_path: Path, target: str) -> None:
    touch(tmp_path, "a/deep/x.wav", "b/y.wav")
    (tmp_path / "b" / "up").symlink_to("../a", target_is_directory=True)
    (tmp_path / "a" / "deep" / "loop").symlink_to(target, target_is_directory=True)
    found = search(tmp_path)
    once = ["a/deep/x.wav", "b/up/deep/x.wav", "b/y.wav"]
    assert [name for name in names(tmp_path, found.paths) if "loop" not in name] == once
    assert all(name.count("loop") < 2 for name in names(tmp_path, found.paths))
    assert found.problems == []


def test_folders_that_all_lead_to_each_other_do_not_take_for_ever(tmp_path: Path) -> None:
    """Twelve folders, each with links to all: there are 12! ways, of which some are gone."""
    for i in range(12):
        touch(tmp_path, f"{i}/{i}.wav")
        for j in range(12):
            (tmp_path / str(i) / f"to{j}").symlink_to(f"../{j}", target_is_directory=True)
    before = time.monotonic()
    found = search(tmp_path)
    assert time.monotonic() - before < 20
    assert {path.name for path in found.paths} == {f"{i}.wav" for i in range(12)}
    assert "more links lead here than are followed" in found.problems[0]


def test_a_link_that_leads_nowhere_is_no_silence(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav")
    (tmp_path / "annexed.wav").symlink_to("gone")
    (tmp_path / "session").symlink_to("/nowhere/at/all", target_is_directory=True)
    found = search(tmp_path)
    assert names(tmp_path, found.paths) == ["a.wav", "annexed.wav"]  # reading it will say
    assert found.problems == [f"{tmp_path / 'session'}: the link leads nowhere"]


# --- what may not be read -------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o000, 0o111, 0o444])
def test_a_folder_that_may_not_be_read_is_named(public: Path, mode: int) -> None:
    touch(public, "03a01Fa.wav", "session.1/sub/03a01Wa.wav")
    inner = public / "session.1"
    named = inner if mode != 0o444 else inner / "sub"  # its names may be read, nothing else
    with closed(inner, mode=mode):
        found = search(public)
        with pytest.warns(UserWarning, match="left out, can't be read: 1 folder: ") as caught:
            recordings = find_recordings(public)
        with pytest.warns(UserWarning, match="left out, can't be read"):
            paths = audio_files(public)
    assert found.problems == [f"{named}: permission denied"]
    assert str(caught[0].message).endswith(f"{named}: permission denied")
    assert caught[0].filename == __file__
    assert [recording.path for recording in recordings] == paths == [public / "03a01Fa.wav"]


def test_a_link_into_a_closed_folder_is_named(public: Path) -> None:
    touch(public, "secret/sub.1/a.wav", "corpus/b.wav")
    (public / "corpus" / "link.1").symlink_to("../secret/sub.1", target_is_directory=True)
    with closed(public / "secret"):
        found = search(public / "corpus")
    assert names(public, found.paths) == ["corpus/b.wav"]
    assert found.problems == [f"{public}/corpus/link.1: permission denied"]


def test_every_error_of_looking_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "a.wav", *(f"bad{i}/b.wav" for i in range(7)))
    real = os.scandir

    def scandir(path):  # type: ignore[no-untyped-def]
        if "bad" in os.fspath(path):
            raise OSError(5, "Input/output error", os.fspath(path))
        return real(path)

    monkeypatch.setattr("os.scandir", scandir)
    found = search(tmp_path)
    assert sorted(found.problems) == [f"{tmp_path}/bad{i}: input/output error" for i in range(7)]
    with pytest.warns(UserWarning, match="can't be read: 7 folders: .*; and 2 more"):
        assert audio_files(tmp_path) == [tmp_path / "a.wav"]


def test_the_folder_itself_may_not_be_read(public: Path) -> None:
    touch(public, "corpus/03a01Fa.wav", "up/corpus/labels.csv")
    with closed(public / "corpus", public / "up"):
        with pytest.raises(ParameterError, match=r"recordings in it, got .*: permission denied\)"):
            find_recordings(public / "corpus")
        for name in ("up/corpus", "up/corpus/labels.csv"):
            with pytest.raises(ParameterError, match=r"can be read, got .*: permission denied"):
                find_recordings(public / name)


def test_an_empty_folder_says_what_is_there_instead(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt", "b.txt", "c.doc")
    with pytest.raises(ParameterError, match=r"\(3 passed over \(2 \.txt, 1 \.doc\)\)$"):
        find_recordings(tmp_path)


@pytest.mark.parametrize("name", ["nul\0byte", "n" * 300])
def test_no_name_of_a_folder_is_a_surprise(name: str) -> None:
    with pytest.raises(ParameterError, match="folder must be "):
        find_recordings(name)


@pytest.mark.parametrize("value", [None, 3, ["a"]])
def test_what_is_no_path_is_refused(tmp_path: Path, value: object) -> None:
    with pytest.raises(ParameterError, match="folder must be a path, got "):
        find_recordings(value)
    with pytest.raises(ParameterError, match="labels must be a path, got "):
        find_recordings(tmp_path, value)


def test_a_path_may_be_bytes(tmp_path: Path) -> None:
    touch(tmp_path, "03a01Fa.wav")
    assert find_recordings(os.fsencode(tmp_path)) == find_recordings(tmp_path, b"emodb")


# --- what a CSV file names ------------------------------------------------------------------------


def listing(folder: Path, *names: str) -> Path:
    table = folder / "labels.csv"
    lines = [f'"{name}",x,s' for name in names]
    table.write_text("\n".join(["path,label,speaker", *lines]) + "\n")
    return table


def test_a_linked_file_is_inside_and_two_links_are_two_recordings(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    touch(tmp_path, "annex/0a1b", "linked/d.wav", "corpus/a.wav")
    (corpus / "b.wav").symlink_to("../annex/0a1b")
    (corpus / "c.wav").symlink_to("../annex/0a1b")
    (corpus / "sub").symlink_to("../linked", target_is_directory=True)
    table = listing(corpus, "a.wav", "b.wav", "c.wav", "sub/d.wav", str(corpus / "sub/../x.wav"))
    (tmp_path / "x.wav").touch()
    with pytest.raises(ParameterError, match=r"line 6: .*/x\.wav is outside the folder"):
        find_recordings(corpus, table)
    table = listing(corpus, "a.wav", "b.wav", "c.wav", "sub/d.wav")
    for folder, labels in ((corpus, table), (table, "auto")):
        found = find_recordings(folder, labels)
        assert names(corpus, [r.path for r in found]) == ["a.wav", "b.wav", "c.wav", "sub/d.wav"]


def test_a_folder_reached_by_a_link_is_the_same_folder(tmp_path: Path) -> None:
    touch(tmp_path, "real/a.wav", "other/b.wav")
    (tmp_path / "link").symlink_to("real", target_is_directory=True)
    table = listing(tmp_path, str(tmp_path / "real" / "a.wav"))
    assert len(find_recordings(tmp_path / "link", table)) == 1
    table = listing(tmp_path, str(tmp_path / "link" / "a.wav"))
    assert len(find_recordings(tmp_path / "real", table)) == 1
    with pytest.raises(ParameterError, match="outside"):
        find_recordings(tmp_path / "other", table)


def test_what_a_csv_file_names_may_not_be_looked_at(public: Path) -> None:
    touch(public, "a.wav", "closed/b.wav")
    table = listing(public, "a.wav", "closed/b.wav", "n" * 300, "a.wav/c.wav", "closed")
    with (
        closed(public / "closed"),
        pytest.raises(ParameterError, match=r"line 3: .*b\.wav: permission denied; ") as caught,
    ):
        find_recordings(public, table)
    message = str(caught.value)
    assert "line 4: " in message
    assert "file name too long" in message
    assert f"line 5: no such file: {public}/a.wav/c.wav" in message
    assert f"line 6: no such file: {public}/closed is a folder" in message


def test_names_with_line_breaks_commas_and_quotes(tmp_path: Path) -> None:
    odd = 'a\nb, "c".wav'
    touch(tmp_path, odd)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        [recording] = find_recordings(listing(tmp_path, odd.replace('"', '""')))
    assert recording.path == tmp_path / odd
    with pytest.raises(ParameterError, match=r'got 1 file: a\\nb, "c"\.wav$'):
        find_recordings(tmp_path, "emodb")


def test_spaces_around_a_path_may_be_the_names_own(tmp_path: Path) -> None:
    touch(tmp_path, " a.wav ", "b.wav")
    found = find_recordings(listing(tmp_path, " a.wav ", "  b.wav  "))
    assert [recording.path.name for recording in found] == [" a.wav ", "b.wav"]
