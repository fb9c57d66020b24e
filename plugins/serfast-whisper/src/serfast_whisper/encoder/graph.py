"""The first layers of Whisper's encoder as an ONNX graph, from log-mel rows to one vector.

The network is that of Radford et al., "Robust speech recognition via large-scale weak
supervision" (ICML 2023, section 2.2): two convolutions with GELU, sinusoidal positions, and
transformer layers that normalise before each block. Everything behind the layers wanted is left
out. Convolutions are written as products of matrices, which onnxruntime has in int8.

In int8 every matrix is stored with a scale for each of its columns, and what it is multiplied with
is rounded to 8 bits when the graph runs (dynamic quantisation).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx

from ..nodes import Nodes

__all__ = ["N_MELS", "encoder_graph"]

Array = np.ndarray[Any, np.dtype[np.float32]]

N_MELS = 80
"""Whisper's mel bands, 0 to 8000 Hz."""

HEAD = 64
"""Entries of an attention head, in every size of Whisper."""

PERIOD = 10000.0
"""The longest of the positions' sinusoids has 2π times this length."""

POSITIONS = 512
"""So many positions have sinusoids: 10.2 s."""

RANGE = 8.0
"""Whisper counts a band as empty from eight powers of ten below the loudest one on."""

LOUDEST = 1.0
"""The loudest band is put here [powers of ten], as if the speaker were near the microphone."""

SILENCE = -10.0
"""What has no band above this is taken for silence, and isn't made louder [powers of ten]."""


def encoder_graph(
    tensors: Mapping[str, Array], layers: tuple[int, ...], *, int8: bool = False, pool: bool = True
) -> onnx.ModelProto:
    """Give the graph that ends behind the last of these layers.

    Parameters
    ----------
    tensors : mapping of str to ndarray of float32
        As :func:`.checkpoint.read_checkpoint` gives them.
    layers : tuple of int
        The outputs of these layers are pooled, 1 being the first.
    int8 : bool
        Matrices are stored in int8.
    pool : bool
        False is for checks: the output is that of the last layer, (batch, rows / 2, width), and
        the positions are those of the checkpoint, which are rounded to float16.

    Returns
    -------
    onnx.ModelProto
        Its input ``log_mel`` has the shape (batch, rows, 80) in decibels. Its output
        ``embedding`` has the shape (batch, n_layers · 2 · width): of each layer the means over
        time, then the standard deviations.
    """
    graph = Nodes(int8)
    x = _normalised(graph, "log_mel")
    x = _convolution(graph, x, tensors, "conv1", stride=1)
    x = _convolution(graph, x, tensors, "conv2", stride=2)
    table = tensors["encoder/position_encodings/encodings"]
    n_positions, width = table.shape
    places = min(n_positions, POSITIONS)
    waves = _sinusoids(graph, places, width) if pool else graph.constant(table)
    length = graph.add("Slice", graph.add("Shape", x), graph.sizes(1), graph.sizes(2))
    there = graph.add("Slice", waves, graph.sizes(0), length, graph.sizes(0))
    x = graph.add("Add", x, there)
    pooled = []
    for k in range(max(layers)):
        x = _layer(graph, x, tensors, f"encoder/layer_{k}")
        if k + 1 in layers:
            pooled += graph.pooled(x)
    if not pool:
        graph.add("Identity", x, name="embedding")
        return _model(graph, ["batch", "moments", width])
    graph.add("Concat", *pooled, name="embedding", axis=1)
    return _model(graph, ["batch", len(pooled) * width])


def _normalised(graph: Nodes, decibels: str) -> str:
    """Whisper's scale of log-mel, (x + 4) / 4, with the loudest band always in the same place.

    So the level of a recording changes nothing.
    """
    x = graph.add("Mul", decibels, graph.scalar(0.1))
    loudest = graph.add("ReduceMax", x, axes=[1, 2], keepdims=1)
    loudest = graph.add("Max", loudest, graph.scalar(SILENCE))
    x = graph.add("Max", graph.add("Sub", x, loudest), graph.scalar(-RANGE))
    return graph.add("Mul", graph.add("Add", x, graph.scalar(LOUDEST + 4)), graph.scalar(0.25))


def _convolution(graph: Nodes, x: str, tensors: Mapping[str, Array], name: str, stride: int) -> str:
    """Convolve over three rows with GELU: the rows side by side, times one matrix."""
    weight = tensors[f"encoder/{name}/weight"]  # (n_out, n_in, 3)
    n_out, n_in, _ = weight.shape
    beside = graph.neighbours(x, 3, stride=stride)
    matrix = weight.transpose(0, 2, 1).reshape(n_out, 3 * n_in)
    return _gelu(graph, graph.linear(beside, matrix, tensors[f"encoder/{name}/bias"], name))


def _gelu(graph: Nodes, x: str) -> str:
    """Give x (1 + erf(x / √2)) / 2, in the form that onnxruntime knows."""
    erf = graph.add("Erf", graph.add("Div", x, graph.scalar(math.sqrt(2))))
    product = graph.add("Mul", x, graph.add("Add", erf, graph.scalar(1.0)))
    return graph.add("Mul", product, graph.scalar(0.5))


def _sinusoids(graph: Nodes, n_positions: int, width: int) -> str:
    """Give the positions' sinusoids.

    onnxruntime computes them when it loads the graph, so the file needn't hold them.
    """
    steps = width // 2
    rates = np.exp(-math.log(PERIOD) / (steps - 1) * np.arange(steps)).astype(np.float32)
    moments = graph.add("Range", *(graph.scalar(v) for v in (0.0, float(n_positions), 1.0)))
    column = graph.add("Unsqueeze", moments, graph.sizes(1))
    angles = graph.add("Mul", column, graph.constant(rates[np.newaxis]))
    return graph.add("Concat", graph.add("Sin", angles), graph.add("Cos", angles), axis=1)


def _layer(graph: Nodes, x: str, tensors: Mapping[str, Array], name: str) -> str:
    attended = _attention(graph, _norm(graph, x, tensors, f"{name}/self_attention"), tensors, name)
    x = graph.add("Add", x, attended)
    inner = _norm(graph, x, tensors, f"{name}/ffn")
    inner = _gelu(graph, _linear(graph, inner, tensors, f"{name}/ffn/linear_0"))
    return graph.add("Add", x, _linear(graph, inner, tensors, f"{name}/ffn/linear_1"))


def _norm(graph: Nodes, x: str, tensors: Mapping[str, Array], block: str) -> str:
    gains = [graph.constant(tensors[f"{block}/layer_norm/{part}"]) for part in ("gamma", "beta")]
    return graph.add("LayerNormalization", x, *gains, axis=-1, epsilon=1e-5)


def _linear(graph: Nodes, x: str, tensors: Mapping[str, Array], name: str) -> str:
    return graph.linear(x, tensors[f"{name}/weight"], tensors[f"{name}/bias"], name)


def _attention(graph: Nodes, x: str, tensors: Mapping[str, Array], layer: str) -> str:
    """softmax(q kᵀ / √64) v in heads of 64 entries; the root is in the weights of q."""
    name = f"{layer}/self_attention/linear_0"
    weight, bias = tensors[f"{name}/weight"].copy(), tensors[f"{name}/bias"].copy()
    width = weight.shape[1]
    weight[:width] /= math.sqrt(HEAD)
    bias[:width] /= math.sqrt(HEAD)
    together = graph.linear(x, weight, bias, name)
    heads = [_head(graph, together, width, place) for place in range(0, width, HEAD)]
    mixed = graph.add("Concat", *heads, axis=2)
    return _linear(graph, mixed, tensors, f"{layer}/self_attention/linear_1")


def _head(graph: Nodes, together: str, width: int, place: int) -> str:
    """Give softmax(q kᵀ) v of one head, from query, key and value of all heads side by side.

    Because heads come one after the other, the weights of one are in memory: 1 MB of 8 for 10 s.
    """
    query, key, value = (
        graph.add("Slice", together, graph.sizes(begin), graph.sizes(begin + HEAD), graph.sizes(2))
        for begin in (place + third * width for third in range(3))
    )
    key = graph.add("Transpose", key, perm=[0, 2, 1])
    weights = graph.add("Softmax", graph.add("MatMul", query, key), axis=-1)
    return graph.add("MatMul", weights, value)


def _model(graph: Nodes, shape: list[str | int]) -> onnx.ModelProto:
    rows: list[str | int] = ["batch", "rows", N_MELS]
    return graph.model("whisper_encoder", {"log_mel": rows}, {"embedding": shape})
