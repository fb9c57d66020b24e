"""Samples of recordings, of parts of them, and of those in archives."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

from serfast.corpora import archives
from serfast.corpora.archives import member, search_archive
from serfast.corpora.finding import find_recordings
from serfast.corpora.recordings import Recording
from serfast.corpora.samples import samples_of
from serfast.errors import AudioError, ParameterError

RATE = 8000
SIGNAL = np.linspace(-0.5, 0.5, 2 * RATE, dtype=np.float32)


def wav() -> bytes:
    file = io.BytesIO()
    soundfile.write(file, SIGNAL, RATE, format="WAV", subtype="FLOAT")
    return file.getvalue()


def test_parts(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav())
    whole = samples_of(Recording(path, "x", "s"), RATE)
    np.testing.assert_array_equal(whole, SIGNAL)
    part = samples_of(Recording(path, "x", "s", start=0.5, end=0.75), RATE)
    np.testing.assert_array_equal(part, SIGNAL[4000:6000])
    rest = samples_of(Recording(path, "x", "s", start=1.5, end=99), RATE)
    np.testing.assert_array_equal(rest, SIGNAL[12000:])
    with pytest.raises(AudioError, match=r"a\.wav: must begin before .* end at 2 s, got 2 s"):
        samples_of(Recording(path, "x", "s", start=2), RATE)


def make_archive(folder: Path, kind: str) -> Path:
    archive = folder / f"corpus.{kind}"
    files = {"wav/03a01Fa.wav": wav(), "wav/16a02Wb.wav": wav(), "notes.txt": b"", "../x.wav": b""}
    if kind == "zip":
        with zipfile.ZipFile(archive, "w") as file:
            for name, content in files.items():
                file.writestr(name, content)
    else:
        with tarfile.open(archive, "w:gz") as file:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                file.addfile(info, io.BytesIO(content))
    return archive


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_archives_are_read_in_place(tmp_path: Path, kind: str) -> None:
    archive = make_archive(tmp_path, kind)
    found = find_recordings(archive)
    assert [(one.label, one.speaker) for one in found] == [("happiness", "03"), ("anger", "16")]
    np.testing.assert_array_equal(samples_of(found[1], RATE), SIGNAL)
    assert search_archive(archive).passed_over == {".txt": 1, "outside the archive": 1}
    with pytest.raises(AudioError, match=r"none\.wav: isn't in the archive"):
        samples_of(Recording(archive / "none.wav", "x", "s"), RATE)
    assert [path.name for path in tmp_path.iterdir()] == [archive.name]


@pytest.mark.parametrize("kind", ["tar", "tar.gz"])
def test_an_archive_of_a_whole_folder_is_read_in_place(tmp_path: Path, kind: str) -> None:
    """`tar -cf x.tar .` calls its files ./happy/03.wav."""
    archive = tmp_path / f"corpus.{kind}"
    with tarfile.open(archive, "w:gz" if kind == "tar.gz" else "w") as file:
        info = tarfile.TarInfo("./happy/03.wav")
        info.size = len(wav())
        file.addfile(info, io.BytesIO(wav()))
    [found] = find_recordings(archive, "folders")
    assert found.label == "happy"
    np.testing.assert_array_equal(samples_of(found, RATE), SIGNAL)


def test_threads_read_one_tar_archive(tmp_path: Path) -> None:
    archive = tmp_path / "corpus.tar"
    content = {f"x/{i}.wav": bytes([i]) * 200_000 for i in range(8)}
    with tarfile.open(archive, "w") as file:
        for name, written in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(written)
            file.addfile(info, io.BytesIO(written))
    names = list(content) * 20
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda name: member(archive / name), names))
    assert [name for name, one in zip(names, read, strict=True) if one != content[name]] == []


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_file_in_an_archive_is_named(tmp_path: Path, method: int) -> None:
    archive = tmp_path / "corpus.zip"
    with zipfile.ZipFile(archive, "w", method) as file:
        samples = np.random.default_rng(1).integers(0, 20, 40_000).astype(np.uint8)
        file.writestr("happy/03.wav", samples.tobytes())
    content = bytearray(archive.read_bytes())
    content[60:9000] = bytes(one ^ 0x5A for one in content[60:9000])
    archive.write_bytes(content)
    [found] = find_recordings(archive, "folders")
    with pytest.raises(AudioError, match=r"corpus\.zip/happy/03\.wav: can't be read"):
        samples_of(found, RATE)


def test_a_damaged_xz_archive_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "corpus.tar.xz"
    with tarfile.open(archive, "w:xz") as file:
        info = tarfile.TarInfo("happy/03.wav")
        info.size = 50_000
        file.addfile(info, io.BytesIO(np.random.default_rng(1).bytes(50_000)))
    content = bytearray(archive.read_bytes())
    content[9000:9300] = bytes(one ^ 0x5A for one in content[9000:9300])
    archive.write_bytes(content)
    with pytest.raises(ParameterError, match=r"corpus\.tar\.xz: can't be read"):
        find_recordings(archive, "folders")


def test_what_is_no_audio_in_an_archive_is_named_once(tmp_path: Path) -> None:
    archive = tmp_path / "corpus.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("happy/03.wav", b"")
    with pytest.raises(AudioError) as raised:
        samples_of(Recording(archive / "happy/03.wav", "x", "s"), RATE)
    assert str(raised.value) == f"{archive}/happy/03.wav: is empty"


def test_damaged_archives(tmp_path: Path) -> None:
    for name in ("bad.zip", "bad.tar", "bad.tgz"):
        path = tmp_path / name
        path.write_bytes(b"no archive" * 100)
        with pytest.raises(ParameterError, match=f"{name}: can't be read"):
            find_recordings(path)


def test_an_archive_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    archive = tmp_path / "corpus.zip"
    for names in (["joy/1.wav"], ["joy/2.wav", "rage/3.wav"]):
        with zipfile.ZipFile(archive, "w") as file:
            for name in names:
                file.writestr(name, wav())
        found = find_recordings(archive, "folders")
        assert [one.path.relative_to(archive).as_posix() for one in found] == names


def test_a_forked_process_opens_the_archive_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = str(make_archive(tmp_path, "tar.gz"))
    before = archives._opened(archive)
    assert archives._opened(archive) is before
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert archives._opened(archive) is not before
