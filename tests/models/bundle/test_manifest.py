"""model.json: what it must say, and that it agrees with the other members."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.bundles import changed, make, members, npy, write
from serfast import ModelError
from serfast.models.bundle.bundle import Bundle


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
