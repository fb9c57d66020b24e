"""The file or folder of a bundle: names without paths, plain files, and zips as they should be."""

from __future__ import annotations

import gc
import os
import zipfile

import pytest

from helpers.bundles import make, members, write
from serfast import ModelError
from serfast.models.bundle.archive import read_members
from serfast.models.bundle.bundle import Bundle


@pytest.mark.parametrize(
    "name",
    [
        "../evil.npy",
        "/etc/evil.npy",
        "a/b.npy",
        "..",
        ".hidden",
        "C:evil",
        "a\\b",
        "a b",
        "é",
        "x" * 101,
    ],
)
def test_name_with_a_path(tmp_path, name):
    contents = members(make().save(tmp_path / "good.zip"))
    with pytest.raises(ModelError, match="member name must be"):
        Bundle.load(write(tmp_path / "bad.zip", {**contents, name: b"x"}))
    assert sorted(os.listdir(tmp_path)) == ["bad.zip", "good.zip"]


def test_name_twice(tmp_path):
    path = make().save(tmp_path / "model.zip")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("weights.npy", b"other")
    with pytest.raises(ModelError, match="got one twice"):
        Bundle.load(path)


def test_link_in_a_folder(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    for name, data in members(make().save(tmp_path / "model.zip")).items():
        (folder / name).write_bytes(data)
    (folder / "weights.npy").rename(tmp_path / "outside.npy")
    (folder / "weights.npy").symlink_to(tmp_path / "outside.npy")
    with pytest.raises(ModelError, match=r"'weights\.npy' must be a plain file, got a link"):
        Bundle.load(folder)


def test_folder_in_a_folder(tmp_path):
    (tmp_path / "model" / "inner").mkdir(parents=True)
    with pytest.raises(ModelError, match="'inner' must be a plain file"):
        Bundle.load(tmp_path / "model")


def test_pipe_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "model.zip")
    with pytest.raises(ModelError, match="must be a file"):
        Bundle.load(tmp_path / "model.zip")


def test_encrypted_zip(tmp_path):
    data = bytearray(make().save(tmp_path / "model.zip").read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        while place >= 0:
            data[place + flags] |= 1
            place = data.find(signature, place + 4)
    (tmp_path / "bad.zip").write_bytes(data)
    with pytest.raises(ModelError, match=r"plain zip file.*encrypted"):
        Bundle.load(tmp_path / "bad.zip")


def test_not_a_zip(tmp_path):
    path = tmp_path / "model.zip"
    path.write_bytes(b"RIFF" + bytes(1000))
    with pytest.raises(ModelError, match="readable zip"):
        Bundle.load(path)


@pytest.mark.filterwarnings("error")
def test_a_folder_that_is_refused_is_closed(tmp_path):
    for i in range(3):
        (tmp_path / f"folder{i}").mkdir()
    with pytest.raises(ModelError, match="must be a plain file"):
        read_members(tmp_path)
    gc.collect()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("damaged", [False, True])
def test_a_zip_file_is_closed(tmp_path, damaged):
    path = make().save(tmp_path / "model.zip")
    if damaged:
        path.write_bytes(path.read_bytes()[:-30])
        with pytest.raises(ModelError, match="readable zip"):
            read_members(path)
    else:
        assert "model.json" in read_members(path)
    gc.collect()
