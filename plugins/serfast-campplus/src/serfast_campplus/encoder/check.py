"""The whole network as a graph, compared with the wheel's own program in PyTorch."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import onnxruntime
from numpy.random import default_rng

from serfast.forking import forks_wait

from .graph import BLOCKS, N_MELS, Tensors, encoder_graph

__all__ = ["difference_from_torch"]

Array = np.ndarray[Any, np.dtype[np.float32]]

ROWS = 463
"""Neither a whole number of segments nor even."""


def difference_from_torch(tensors: Tensors, checkpoint: bytes, program: str) -> float:
    """Give the largest difference of any block's output, over its standard deviation.

    Parameters
    ----------
    tensors : mapping of str to ndarray of float32
        As :func:`.checkpoint.read_checkpoint` gives them.
    checkpoint : bytes
        The same checkpoint, which PyTorch reads.
    program : str
        The source text of the wheel's ``camplusplus.py``. It is run: it must be of a wheel whose
        SHA-256 was compared.
    """
    with forks_wait:
        import torch  # optional: for this comparison alone

    scope: dict[str, Any] = {"__name__": "camplusplus"}
    exec(program, scope)  # the wheel's network is what the graph is compared with
    width = len(tensors["xvector.dense.linear.weight"])
    network = scope["CAMPPlus"](embedding_size=width).eval()
    network.load_state_dict(torch.load(io.BytesIO(checkpoint), weights_only=True))
    outputs: dict[int, Array] = {}
    for block in BLOCKS:
        layer = getattr(network.xvector, f"transit{block}")
        layer.register_forward_hook(
            lambda _, __, y, block=block: outputs.update({block: y.numpy().transpose(0, 2, 1)})
        )
    rows = default_rng(0).uniform(-15, 5, (1, ROWS, N_MELS)).astype(np.float32)
    with torch.no_grad():
        network(torch.from_numpy(rows - rows.mean(axis=1, keepdims=True)))
    differences = []
    for block, expected in outputs.items():
        graph = encoder_graph(tensors, (block,), pool=False).SerializeToString()
        session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
        (y,) = session.run(None, {"log_mel": rows})
        differences.append(float(np.abs(y - expected).max() / expected.std()))
    return max(differences)
