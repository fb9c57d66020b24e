"""Samples of recordings, of parts of them, and of those in archives."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from serfast.corpora.archives import search_archive
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


def test_damaged_archives(tmp_path: Path) -> None:
    for name in ("bad.zip", "bad.tar", "bad.tgz"):
        path = tmp_path / name
        path.write_bytes(b"no archive" * 100)
        with pytest.raises(ParameterError, match=f"{name}: can't be read"):
            find_recordings(path)
