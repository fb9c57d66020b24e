"""PyTorch's file is read without PyTorch, and nothing in it is run."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from serfast.errors import ModelError
from serfast_campplus.encoder.checkpoint import read_checkpoint
from tiny_campplus import checkpoint_bytes, text, tiny_tensors

ONE = {"x": np.arange(6, dtype=np.float32).reshape(2, 3)}


def test_every_tensor_comes_back():
    tensors = tiny_tensors()
    read = read_checkpoint(checkpoint_bytes(tensors), "tiny.pt")
    assert read.keys() == tensors.keys()
    for name, value in tensors.items():
        assert read[name].dtype == np.float32
        np.testing.assert_array_equal(read[name], value)


@pytest.mark.parametrize(("kind", "dtype"), [("HalfStorage", "<f2"), ("LongStorage", "<i8")])
def test_other_types_come_back(kind, dtype):
    read = read_checkpoint(checkpoint_bytes({"x": ONE["x"].astype(dtype)}, kind=kind), "x.pt")
    np.testing.assert_array_equal(read["x"], ONE["x"])
    assert read["x"].dtype == np.float32


def test_a_number_that_was_counted_is_left_out():
    count = {"count": np.array(7.0, np.float32)}
    assert read_checkpoint(checkpoint_bytes(ONE | count), "x.pt").keys() == {"x"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"nothing", "BadZipFile"),
        (checkpoint_bytes(tiny_tensors())[:20000], "BadZipFile"),
        (checkpoint_bytes(ONE, strides=(1, 2)), "strides"),
        (checkpoint_bytes({}, extra=text("x") + text("no tensor")), "AttributeError"),
        (checkpoint_bytes(ONE, kind="DoubleStorage"), "DoubleStorage isn't part"),
    ],
)
def test_other_files_are_refused(data, reason):
    with pytest.raises(ModelError, match=rf"x\.pt must be a whole checkpoint.*{reason}"):
        read_checkpoint(data, "x.pt")


class _Runs:
    def __reduce__(self):
        return print, ("it ran",)


def test_a_file_that_would_run_something_is_refused(capsys):
    call = pickle.dumps(_Runs(), 2)[2:-1]  # without its beginning and end
    with pytest.raises(ModelError, match=r"__builtin__\.print isn't part of a state dictionary"):
        read_checkpoint(checkpoint_bytes({}, extra=text("x") + call), "x.pt")
    assert capsys.readouterr().out == ""
