"""Checkpoints of CTranslate2 and Hugging Face are read alike, and damaged ones refused."""

from __future__ import annotations

import numpy as np
import pytest

from serfast.errors import ModelError
from serfast_whisper.encoder.checkpoint import read_checkpoint
from tiny_whisper import ctranslate2_bytes, safetensors_bytes, tiny_tensors


@pytest.mark.parametrize(
    ("name", "write"),
    [("model.bin", ctranslate2_bytes), ("model.safetensors", safetensors_bytes)],
)
def test_a_checkpoint_gives_the_encoders_tensors(tmp_path, name, write):
    expected = tiny_tensors()
    path = tmp_path / name
    path.write_bytes(write(expected))
    tensors = read_checkpoint(path)
    assert set(tensors) == set(expected)
    for key, value in expected.items():
        assert tensors[key].dtype == np.float32
        np.testing.assert_array_equal(tensors[key], value)


@pytest.mark.parametrize(
    ("name", "write"),
    [("model.bin", ctranslate2_bytes), ("model.safetensors", safetensors_bytes)],
)
@pytest.mark.parametrize("share", [0, 1e-5, 0.01, 0.3, 0.6])
def test_one_that_ends_early_is_refused(tmp_path, name, write, share):
    data = write(tiny_tensors())
    path = tmp_path / name
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(ModelError, match=f"{name} must be a whole checkpoint of Whisper"):
        read_checkpoint(path)


@pytest.mark.parametrize("other", [{"version": 7}, {"model": "BertSpec"}])
def test_another_format_is_refused(tmp_path, other):
    path = tmp_path / "model.bin"
    path.write_bytes(ctranslate2_bytes(tiny_tensors(), **other))
    with pytest.raises(ModelError, match="format 6 of WhisperSpec"):
        read_checkpoint(path)
