"""The graph's layers compared with those of CTranslate2, which is another implementation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.random import default_rng

from serfast.forking import forks_wait

from .graph import LOUDEST, N_MELS, encoder_graph

__all__ = ["difference_from_ctranslate2"]

Array = np.ndarray[Any, np.dtype[np.float32]]

ROWS = 3000
"""Whisper's own input has 30 s."""


def difference_from_ctranslate2(tensors: Mapping[str, Array], folder: Path) -> float:
    """Give the largest difference of the last layer's output from CTranslate2's.

    That output has a standard deviation of 1.5 or so.

    Parameters
    ----------
    tensors : mapping of str to ndarray of float32
        As :func:`.checkpoint.read_checkpoint` gives them.
    folder : Path
        It holds the model as CTranslate2 loads it.
    """
    with forks_wait:
        import ctranslate2  # optional: for this comparison alone

    random = default_rng(0)
    decibels = random.uniform(-60, 0, (1, ROWS, N_MELS)).astype(np.float32)
    decibels[0, 0, 0] = 10 * LOUDEST
    scaled = np.ascontiguousarray((decibels / 10 + 4).transpose(0, 2, 1) / 4)
    model = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="float32")
    expected = np.array(model.encode(ctranslate2.StorageView.from_array(scaled)))
    n_layers = sum(key.endswith("ffn/linear_0/bias") for key in tensors)
    graph = encoder_graph(tensors, (n_layers,), pool=False).SerializeToString()
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    (x,) = session.run(None, {"log_mel": decibels})
    x = (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    x = x * tensors["encoder/layer_norm/gamma"] + tensors["encoder/layer_norm/beta"]
    return float(np.abs(x - expected).max())
