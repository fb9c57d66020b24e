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
from onnx import TensorProto, helper, numpy_helper

__all__ = ["N_MELS", "encoder_graph"]

Array = np.ndarray[Any, np.dtype[np.float32]]

N_MELS = 80
"""Whisper's mel bands, 0 to 8000 Hz."""

HEAD = 64
"""Entries of an attention head, in every size of Whisper."""

PERIOD = 10000.0
"""The longest of the positions' sinusoids has 2π times this length."""

RANGE = 8.0
"""Whisper counts a band as empty from eight powers of ten below the loudest one on."""

LOUDEST = 1.0
"""The loudest band is put here [powers of ten], as if the speaker were near the microphone."""

SILENCE = -10.0
"""What has no band above this is taken for silence, and isn't made louder [powers of ten]."""

LARGEST = 63
"""Weights have 7 bits, so that two products with 8 bits fit in 16.

Processors without VNNI add two products in 16 bits, and cut off what doesn't fit.
"""

OPSET, IR_VERSION = 17, 8
"""LayerNormalization is there since opset 17."""


class _Graph:
    """Nodes and constants in the order in which they are added; names are numbers."""

    def __init__(self, int8: bool) -> None:
        self._int8 = int8
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._scalars: dict[tuple[str, Any], str] = {}

    def constant(self, value: Any, name: str = "") -> str:
        name = name or f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def scalar(self, value: float) -> str:
        key = ("float", value)
        if key not in self._scalars:
            self._scalars[key] = self.constant(np.float32(value))
        return self._scalars[key]

    def sizes(self, *values: int) -> str:
        key = ("sizes", values)
        if key not in self._scalars:
            self._scalars[key] = self.constant(np.array(values, np.int64))
        return self._scalars[key]

    def add(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        name = name or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def linear(self, x: str, weight: Array, bias: Array, name: str) -> str:
        """Add x @ weightᵀ + bias, with a weight (n_out, n_in)."""
        multiply = self._multiplied_int8 if self._int8 else self._multiplied
        return self.add("Add", multiply(x, weight.T, name), self.constant(bias, f"{name}/bias"))

    def _multiplied(self, x: str, matrix: Array, name: str) -> str:
        return self.add("MatMul", x, self.constant(matrix, f"{name}/weight"))

    def _multiplied_int8(self, x: str, matrix: Array, name: str) -> str:
        scale = np.abs(matrix).max(axis=0) / np.float32(LARGEST)
        rounded = self.constant(np.rint(matrix / scale).astype(np.int8), f"{name}/weight")
        whole, steps, zero = (f"{name}/{what}" for what in ("rounded", "step", "zero"))
        self.nodes.append(
            helper.make_node("DynamicQuantizeLinear", [x], [whole, steps, zero], name=whole)
        )
        zeros = self.constant(np.zeros(len(scale), np.int8))
        product = self.add("MatMulInteger", whole, rounded, zero, zeros)
        product = self.add("Cast", product, to=TensorProto.FLOAT)
        return self.add("Mul", product, self.add("Mul", steps, self.constant(scale)))

    def gelu(self, x: str) -> str:
        """Add x (1 + erf(x / √2)) / 2, in the form that onnxruntime knows."""
        erf = self.add("Erf", self.add("Div", x, self.scalar(math.sqrt(2))))
        product = self.add("Mul", x, self.add("Add", erf, self.scalar(1.0)))
        return self.add("Mul", product, self.scalar(0.5))


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
    graph = _Graph(int8)
    x = _normalised(graph, "log_mel")
    x = _convolution(graph, x, tensors, "conv1", stride=1)
    x = _convolution(graph, x, tensors, "conv2", stride=2)
    table = tensors["encoder/position_encodings/encodings"]
    waves = _sinusoids(graph, *table.shape) if pool else graph.constant(table)
    length = graph.add("Slice", graph.add("Shape", x), graph.sizes(1), graph.sizes(2))
    there = graph.add("Slice", waves, graph.sizes(0), length, graph.sizes(0))
    x = graph.add("Add", x, there)
    pooled = []
    for k in range(max(layers)):
        x = _layer(graph, x, tensors, f"encoder/layer_{k}")
        if k + 1 in layers:
            pooled += _pooled(graph, x)
    width = len(tensors["encoder/conv1/bias"])
    if not pool:
        graph.add("Identity", x, name="embedding")
        return _model(graph, ["batch", "moments", width])
    graph.add("Concat", *pooled, name="embedding", axis=1)
    return _model(graph, ["batch", len(pooled) * width])


def _normalised(graph: _Graph, decibels: str) -> str:
    """Whisper's scale of log-mel, (x + 4) / 4, with the loudest band always in the same place.

    So the level of a recording changes nothing.
    """
    x = graph.add("Mul", decibels, graph.scalar(0.1))
    loudest = graph.add("ReduceMax", x, axes=[1, 2], keepdims=1)
    loudest = graph.add("Max", loudest, graph.scalar(SILENCE))
    x = graph.add("Max", graph.add("Sub", x, loudest), graph.scalar(-RANGE))
    return graph.add("Mul", graph.add("Add", x, graph.scalar(LOUDEST + 4)), graph.scalar(0.25))


def _convolution(
    graph: _Graph, x: str, tensors: Mapping[str, Array], name: str, stride: int
) -> str:
    """Convolve over three rows with GELU: the rows side by side, times one matrix."""
    weight = tensors[f"encoder/{name}/weight"]  # (n_out, n_in, 3)
    n_out, n_in, _ = weight.shape
    padded = graph.add("Pad", x, graph.sizes(0, 1, 0, 0, 1, 0))
    ends = (-2, -1, 2**62)
    rows = [
        graph.add(
            "Slice",
            padded,
            graph.sizes(k),
            graph.sizes(end),
            graph.sizes(1),
            graph.sizes(stride),
        )
        for k, end in enumerate(ends)
    ]
    beside = graph.add("Concat", *rows, axis=2)
    matrix = weight.transpose(0, 2, 1).reshape(n_out, 3 * n_in)
    return graph.gelu(graph.linear(beside, matrix, tensors[f"encoder/{name}/bias"], name))


def _sinusoids(graph: _Graph, n_positions: int, width: int) -> str:
    """Give the positions' sinusoids.

    onnxruntime computes them when it loads the graph, so the file needn't hold them.
    """
    steps = width // 2
    rates = np.exp(-math.log(PERIOD) / (steps - 1) * np.arange(steps)).astype(np.float32)
    moments = graph.add("Range", *(graph.scalar(v) for v in (0.0, float(n_positions), 1.0)))
    column = graph.add("Unsqueeze", moments, graph.sizes(1))
    angles = graph.add("Mul", column, graph.constant(rates[np.newaxis]))
    return graph.add("Concat", graph.add("Sin", angles), graph.add("Cos", angles), axis=1)


def _layer(graph: _Graph, x: str, tensors: Mapping[str, Array], name: str) -> str:
    attended = _attention(graph, _norm(graph, x, tensors, f"{name}/self_attention"), tensors, name)
    x = graph.add("Add", x, attended)
    inner = _norm(graph, x, tensors, f"{name}/ffn")
    inner = graph.gelu(_linear(graph, inner, tensors, f"{name}/ffn/linear_0"))
    return graph.add("Add", x, _linear(graph, inner, tensors, f"{name}/ffn/linear_1"))


def _norm(graph: _Graph, x: str, tensors: Mapping[str, Array], block: str) -> str:
    gains = [graph.constant(tensors[f"{block}/layer_norm/{part}"]) for part in ("gamma", "beta")]
    return graph.add("LayerNormalization", x, *gains, axis=-1, epsilon=1e-5)


def _linear(graph: _Graph, x: str, tensors: Mapping[str, Array], name: str) -> str:
    return graph.linear(x, tensors[f"{name}/weight"], tensors[f"{name}/bias"], name)


def _attention(graph: _Graph, x: str, tensors: Mapping[str, Array], layer: str) -> str:
    """softmax(q kᵀ / √64) v in heads of 64 entries; the root is in the weights of q."""
    name = f"{layer}/self_attention/linear_0"
    weight, bias = tensors[f"{name}/weight"].copy(), tensors[f"{name}/bias"].copy()
    width = weight.shape[1]
    weight[:width] /= math.sqrt(HEAD)
    bias[:width] /= math.sqrt(HEAD)
    together = graph.linear(x, weight, bias, name)
    heads = graph.add("Reshape", together, graph.sizes(0, 0, 3, width // HEAD, HEAD))
    heads = graph.add("Transpose", heads, perm=[2, 0, 3, 1, 4])
    query, key, value = (
        graph.add("Gather", heads, graph.constant(np.int64(k)), axis=0) for k in range(3)
    )
    key = graph.add("Transpose", key, perm=[0, 1, 3, 2])
    weights = graph.add("Softmax", graph.add("MatMul", query, key), axis=-1)
    mixed = graph.add("Transpose", graph.add("MatMul", weights, value), perm=[0, 2, 1, 3])
    mixed = graph.add("Reshape", mixed, graph.sizes(0, 0, width))
    return _linear(graph, mixed, tensors, f"{layer}/self_attention/linear_1")


def _pooled(graph: _Graph, x: str) -> list[str]:
    """Give mean and standard deviation over time, each of shape (batch, width)."""
    mean = graph.add("ReduceMean", x, axes=[1], keepdims=1)
    distance = graph.add("Sub", x, mean)
    variance = graph.add("ReduceMean", graph.add("Mul", distance, distance), axes=[1], keepdims=0)
    return [graph.add("Squeeze", mean, graph.sizes(1)), graph.add("Sqrt", variance)]


def _model(graph: _Graph, shape: list[str | int]) -> onnx.ModelProto:
    floats = TensorProto.FLOAT
    made = helper.make_graph(
        graph.nodes,
        "whisper_encoder",
        [helper.make_tensor_value_info("log_mel", floats, ["batch", "rows", N_MELS])],
        [helper.make_tensor_value_info("embedding", floats, shape)],
        graph.constants,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model
