"""Speakers' files say what they hold; a wrong one is refused with the reason, whatever it holds."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serfast.errors import ModelError
from serfast.streaming.speaker_file import MAX_BYTES, read_moments, write_moments
from serfast.streaming.speaker_state import Moments

CLASSES = ("anger", "fear", "joy")
MODEL = ("svm", CLASSES, "0123456789abcdef" * 4)
MOMENTS = Moments(12.5, np.array([0.1, -2.0 / 3, 1e-9]), "2030-01-31T23:59:59Z")


@pytest.fixture
def path(tmp_path):
    return write_moments(tmp_path / "anna.json", MOMENTS, *MODEL)


def changed(path, **values):
    about = json.loads(path.read_text("utf-8"))
    about.update(values)
    path.write_text(json.dumps(about), "utf-8")
    return path


def test_what_is_written_is_read_bit_for_bit(path):
    again = read_moments(path, *MODEL)
    assert (again.n, again.updated) == (MOMENTS.n, MOMENTS.updated)
    assert np.array_equal(again.mean, MOMENTS.mean)
    assert again.mean.dtype == np.float64


def test_one_that_heard_nothing_too(tmp_path):
    path = write_moments(tmp_path / "new.json", Moments(0.0, np.zeros(3)), *MODEL)
    assert read_moments(path, *MODEL).updated is None


def test_it_is_small_and_says_what_it_holds(path):
    text = path.read_text("utf-8")
    assert len(text) < 700
    about = json.loads(text)
    assert "no audio" in about["about"]
    assert about["mean"] == dict(zip(CLASSES, MOMENTS.mean.tolist(), strict=True))
    assert list(about) == ["about", "format", "plugin", "model", "n", "mean", "updated"]


def test_no_other_file_is_left_and_permissions_stay(path):
    path.chmod(0o600)
    write_moments(path, MOMENTS, *MODEL)
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(path.parent) == ["anna.json"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"format": 2}, "format must be <= 1, got 2: this file needs a newer serfast"),
        ({"format": 10**300}, "format must be <= 1"),
        ({"format": 0}, "format must be 1"),
        ({"format": True}, "object with an int format"),
        ({"plugin": "onnx"}, "speaker must be of the model in use .*got one of plugin 'onnx'"),
        ({"model": "f" * 64}, "speaker must be of the model in use"),
        ({"model": None}, "speaker must be of the model in use"),
        ({"n": -1}, "n must be a number from 0"),
        ({"n": "12"}, "n must be a number"),
        ({"n": True}, "n must be a number"),
        ({"n": 1e300}, "n must be a number"),
        ({"n": 10**300}, "n must be a number"),
        ({"mean": {"anger": 1, "fear": 1}}, "mean must be one number for each of anger, fear, joy"),
        ({"mean": {"anger": 1, "fear": 1, "joy": 1, "rage": 1}}, "mean must be one number"),
        ({"mean": [1, 2, 3]}, "mean must be one number"),
        ({"mean": {"anger": 1, "fear": None, "joy": 1}}, "mean must be numbers"),
        ({"mean": {"anger": 1, "fear": 1e300, "joy": 1}}, "mean must be numbers of at most"),
        ({"mean": {"anger": 1, "fear": [1], "joy": 1}}, "mean must be numbers"),
        ({"updated": 5}, "updated must be a time"),
        ({"updated": "yesterday"}, "updated must be a time"),
    ],
)
def test_wrong_values_are_refused(path, values, message):
    with pytest.raises(ModelError, match=message) as error:
        read_moments(changed(path, **values), *MODEL)
    assert str(error.value).startswith(f"{path}: ")
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("key", ["format", "plugin", "model", "n", "mean", "updated"])
def test_a_missing_key_is_refused(path, key):
    about = json.loads(path.read_text("utf-8"))
    del about[key]
    path.write_text(json.dumps(about), "utf-8")
    with pytest.raises(ModelError, match="int format" if key == "format" else f"missing: {key}"):
        read_moments(path, *MODEL)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"[" * 100_000,
        b'{"format": 1, "n": NaN}',
        b'{"format": 1, "n": Infinity}',
        b'{"format": 1, "n": 1e999}',
        b"\xff\xfe\x00",
        b" " * (MAX_BYTES + 1),
        b'{"format": ' + b"1" * 100_000 + b"}",
    ],
)
def test_what_is_no_speaker_is_refused(path, data):
    path.write_bytes(data)
    with pytest.raises(ModelError, match="must"):
        read_moments(path, *MODEL)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_file_is_refused_or_read(tmp_path_factory, data):
    path = write_moments(tmp_path_factory.mktemp("it") / "a.json", MOMENTS, *MODEL)
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(len(content) - 40, len(content)))])
    try:
        moments = read_moments(path, *MODEL)
    except ModelError:
        return
    assert np.isfinite(moments.mean).all()
    assert moments.n >= 0


def test_every_truncation_is_refused(path):
    content = path.read_bytes().rstrip()
    for stop in range(len(content)):
        path.write_bytes(content[:stop])
        with pytest.raises(ModelError):
            read_moments(path, *MODEL)


def test_a_file_that_isnt_there_or_cant_be_written(tmp_path):
    with pytest.raises(ModelError, match=r"gone.json: speaker can't be read: No such file"):
        read_moments(tmp_path / "gone.json", *MODEL)
    with pytest.raises(ModelError, match="speaker can't be read"):
        read_moments(tmp_path, *MODEL)
    with pytest.raises(ModelError, match="speaker can't be written: No such file"):
        write_moments(tmp_path / "no" / "folder.json", MOMENTS, *MODEL)
    with pytest.raises(ModelError, match="speaker can't be"):
        read_moments("null\0byte", *MODEL)
    with pytest.raises(ModelError, match="speaker can't be"):
        write_moments("null\0byte", MOMENTS, *MODEL)


def test_many_writers_leave_one_whole_file(path):
    def write(number):
        write_moments(path, Moments(float(number), MOMENTS.mean), *MODEL)
        return read_moments(path, *MODEL).n

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(write, range(64))) <= set(range(64))
    assert read_moments(path, *MODEL).n in range(64)
    assert os.listdir(path.parent) == ["anna.json"]
