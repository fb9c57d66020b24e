"""A bundle that is damaged, or that somebody made up: an error that says what is wrong."""

from __future__ import annotations

import os
import zipfile

import numpy as np
import pytest

from helpers.bundles import assert_same, changed, make, members, npy, write
from serfast import ModelError
from serfast.models.bundle.bundle import Bundle


def test_missing(tmp_path):
    with pytest.raises(ModelError, match=r"none\.zip"):
        Bundle.load(tmp_path / "none.zip")


def test_truncated_anywhere(tmp_path):
    data = make().save(tmp_path / "model.zip").read_bytes()
    cut = tmp_path / "cut.zip"
    for size in [0, 1, 21, 22, *range(50, len(data) - 1, 97), len(data) - 1]:
        cut.write_bytes(data[:size])
        with pytest.raises(ModelError):
            Bundle.load(cut)


def test_any_flipped_byte_is_harmless(tmp_path):
    data = make().save(tmp_path / "model.zip").read_bytes()
    path = tmp_path / "flipped.zip"
    random = np.random.default_rng(0)
    for place in random.integers(0, len(data), 300):
        broken = bytearray(data)
        broken[place] ^= 1 << int(random.integers(8))
        path.write_bytes(broken)
        try:
            found = Bundle.load(path)
        except ModelError:
            continue
        assert_same(found, make())  # a byte that says nothing, such as a date


def test_wrong_checksum(tmp_path):
    path = changed(tmp_path, sums=False, weights__npy=npy(np.zeros((2, 3))))
    with pytest.raises(ModelError, match=r"weights\.npy must have the SHA-256"):
        Bundle.load(path)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"format": 2}, "format must be <= 1, got 2: this bundle needs a newer serfast"),
        ({"format": 0}, "format must be 1, got 0"),
        ({"format": "1"}, "int format"),
        ({"format": True}, "int format"),
        ({"plugin": None}, "missing: plugin"),
        ({"plugin": 3}, "plugin in model.json must be str, got 3"),
        ({"classes": "ab"}, "classes in model.json must be a list of names"),
        ({"classes": ["a", "\x1b[2J"]}, "classes in model.json must be a list of names"),
        ({"classes": ["a", 1]}, "classes in model.json must be a list of names"),
        ({"classes": ["a"]}, "classes must be at least 2"),
        ({"spec": {}}, "model.json must hold a valid spec"),
        ({"spec": 7}, "model.json must hold a valid spec"),
        ({"statistics": {"functionals": ["median"]}}, "valid spec and statistics"),
        ({"statistics": {"functionals": 1}}, "valid spec and statistics"),
        pytest.param(
            {"fingerprint": "0" * 64},
            "fingerprint must be .* train it again",
            marks=pytest.mark.native,
        ),
        ({"card": []}, "card in model.json must be dict"),
        ({"sha256": {}}, "members must be those that model.json lists"),
        ({"sha256": None}, "missing: sha256"),
    ],
)
def test_bad_model_json(tmp_path, parts, message):
    with pytest.raises(ModelError, match=message):
        Bundle.load(changed(tmp_path, **parts))


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b"[1]", b"null", b"[" * 100_000, b'{"format": NaN}']
)
def test_model_json_that_is_none(tmp_path, data):
    contents = members(make().save(tmp_path / "good.zip"))
    with pytest.raises(ModelError, match=r"model\.json must be"):
        Bundle.load(write(tmp_path / "bad.zip", {**contents, "model.json": data}))


def test_no_model_json(tmp_path):
    contents = members(make().save(tmp_path / "good.zip"))
    del contents["model.json"]
    with pytest.raises(ModelError, match=r"must have the member model\.json"):
        Bundle.load(write(tmp_path / "bad.zip", contents))


def test_member_that_nobody_listed(tmp_path):
    contents = members(make().save(tmp_path / "good.zip"))
    with pytest.raises(ModelError, match=r"got a difference: 'more.txt'"):
        Bundle.load(write(tmp_path / "bad.zip", {**contents, "more.txt": b"x"}))


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
