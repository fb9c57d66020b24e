"""Tests make bundles here, and damage them."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

import serfast
from serfast.models.bundle.bundle import Bundle
from serfast.statistics.statistics import Statistics

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.YIN()])


def make(**changes: Any) -> Bundle:
    settings: dict[str, Any] = {
        "plugin": "svm",
        "classes": ("anger", "neutral"),
        "spec": SPEC,
        "statistics": Statistics(semitones=("f0",)),
        "arrays": {"weights": np.arange(6.0).reshape(2, 3), "bias": np.float32([1, 2])},
        "files": {"notes.txt": b"hello"},
        "card": {"training": {"recordings": 3}, "text": "naïve"},
    }
    return Bundle(**{**settings, **changes})


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, contents: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return path


def changed(tmp_path: Path, sums: bool = True, **parts: Any) -> Path:
    """Give a bundle with some keys of model.json replaced and, as name=bytes, some members."""
    contents = members(make().save(tmp_path / "good.zip"))
    about = json.loads(contents["model.json"])
    for key, value in parts.items():
        if isinstance(value, bytes):
            name = key.replace("__", ".")
            contents[name] = value
            if sums:
                about["sha256"][name] = hashlib.sha256(value).hexdigest()
        elif value is None:
            del about[key]
        else:
            about[key] = value
    contents["model.json"] = json.dumps(about).encode()
    return write(tmp_path / "bad.zip", contents)


def npy(array: np.ndarray, allow_pickle: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=allow_pickle)
    return buffer.getvalue()


def npy_header(text: str, data: bytes = b"") -> bytes:
    header = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def assert_same(a: Bundle, b: Bundle) -> None:
    assert (a.plugin, a.classes, a.spec, a.statistics) == (
        b.plugin,
        b.classes,
        b.spec,
        b.statistics,
    )
    assert dict(a.card) == dict(b.card)
    assert dict(a.files) == dict(b.files)
    assert a.arrays.keys() == b.arrays.keys()
    for name, array in a.arrays.items():
        assert array.dtype == b.arrays[name].dtype
        assert np.array_equal(array, b.arrays[name])
