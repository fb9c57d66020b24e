"""PyTorch's file is read as PyTorch reads it, and nothing in it is run."""

from __future__ import annotations

import io
import pickle
import zipfile

import numpy as np
import pytest
import torch

from serfast.errors import ModelError
from serfast_campplus.encoder.checkpoint import read_checkpoint
from tiny_campplus import checkpoint_bytes, tiny_tensors


def file_of(state):
    file = io.BytesIO()
    torch.save(state, file)
    return file.getvalue()


def test_every_tensor_comes_back():
    tensors = tiny_tensors()
    read = read_checkpoint(checkpoint_bytes(tensors), "tiny.pt")
    assert read.keys() == tensors.keys()
    for name, value in tensors.items():
        assert read[name].dtype == np.float32
        np.testing.assert_array_equal(read[name], value)


def test_parts_of_a_storage_and_other_types_come_back():
    whole = torch.arange(12.0).reshape(4, 3)
    read = read_checkpoint(file_of({"part": whole[1:3], "half": whole.half()}), "x.pt")
    np.testing.assert_array_equal(read["part"], whole[1:3].numpy())
    np.testing.assert_array_equal(read["half"], whole.numpy())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"nothing", "BadZipFile"),
        (checkpoint_bytes(tiny_tensors())[:20000], "BadZipFile"),
        (file_of({"turned": torch.zeros(2, 3).T}), "strides"),
        (file_of({"text": "no tensor"}), "AttributeError"),
        (file_of({"wide": torch.zeros(2, dtype=torch.float64)}), "DoubleStorage isn't part"),
    ],
)
def test_other_files_are_refused(data, reason):
    with pytest.raises(ModelError, match=rf"x\.pt must be a whole checkpoint.*{reason}"):
        read_checkpoint(data, "x.pt")


class _Runs:
    def __reduce__(self):
        return print, ("it ran",)


def test_a_file_that_would_run_something_is_refused(capsys):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"x": _Runs()}))
    with pytest.raises(ModelError, match=r"builtins\.print isn't part of a state dictionary"):
        read_checkpoint(file.getvalue(), "x.pt")
    assert capsys.readouterr().out == ""
