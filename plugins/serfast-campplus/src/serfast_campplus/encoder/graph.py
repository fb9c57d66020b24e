"""The first layers of CAM++ as an ONNX graph, from log-mel rows to one vector.

The network is that of Wang et al., "CAM++: A fast and efficient network for speaker verification
using context-aware masking" (Interspeech 2023, section 2): two-dimensional convolutions with
residual blocks, then densely connected layers over time in three blocks. Each of their layers
gates its channels by what was there on average, in its segment and in the whole recording. A
transit layer halves the channels behind each block. The graph ends behind one of them.

Convolutions over time are written as products of matrices, which onnxruntime has in int8. Batch
normalisations are part of the weights before them wherever no ReLU lies between.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto

from serfast_whisper.nodes import Nodes

__all__ = ["BLOCKS", "N_MELS", "Tensors", "encoder_graph"]

Array = np.ndarray[Any, np.dtype[np.float32]]
Tensors = Mapping[str, Array]

N_MELS = 80
"""CAM++'s mel bands, 20 to 8000 Hz."""

BLOCKS = {1: 1, 2: 2, 3: 2}
"""The dilation of the convolutions in each block."""

SEGMENT = 100
"""A segment has so many rows; the last one may have fewer."""

PIECE = 320
"""At most so many rows go through the two-dimensional convolutions at a time; 3 s have fewer."""

REACH = 10
"""So many rows before and after a row count for it: these are ten convolutions over three rows."""

RANGE = 22.0
"""A band counts as empty from here below the loudest one on [nepers of power], which is 96 dB.

CAM++ was trained with a floor that lies so far below loud speech.
"""

SILENCE = -40.0
"""What has no band above this is taken for silence, and isn't made louder [nepers of power]."""

EPSILON = 1e-5
"""It is added to a variance in batch normalisation."""


def encoder_graph(
    tensors: Tensors, blocks: tuple[int, ...], *, int8: bool = False, pool: bool = True
) -> onnx.ModelProto:
    """Give the graph that ends behind the transit layer of the last of these blocks.

    Parameters
    ----------
    tensors : mapping of str to ndarray of float32
        As :func:`.checkpoint.read_checkpoint` gives them.
    blocks : tuple of int
        The outputs of the transit layers behind these blocks are pooled, 1 being the first.
    int8 : bool
        Matrices are stored in int8.
    pool : bool
        False is for checks: the output is that of the last block, (batch, rows / 2, width).

    Returns
    -------
    onnx.ModelProto
        Its input ``log_mel`` has the shape (batch, rows, 80) in nepers. Its output ``embedding``
        has for each block the means over time, then the standard deviations.
    """
    nodes = Nodes(int8)
    x = _normalised(nodes, "log_mel")
    x = _head_in_pieces(nodes, x, tensors)
    weight, bias = _folded(tensors, "xvector.tdnn.linear", "xvector.tdnn.nonlinear.batchnorm")
    x = _convolved(nodes, nodes.neighbours(x, 5, stride=2), weight, bias, "tdnn")
    x = nodes.add("Relu", x)
    segments = _segments(nodes, x)
    pooled, widths = [], []
    for block in range(1, max(blocks) + 1):
        x = _block(nodes, x, tensors, block, segments)
        x = _transit(nodes, x, tensors, block)
        if block in blocks:
            pooled += nodes.pooled(x)
            widths.append(len(tensors[f"xvector.transit{block}.linear.weight"]))
    shape: list[str | int] = ["batch", 2 * sum(widths)]
    if pool:
        nodes.add("Concat", *pooled, name="embedding", axis=1)
    else:
        nodes.add("Identity", x, name="embedding")
        shape = ["batch", "moments", widths[-1]]
    return nodes.model("campplus", {"log_mel": ["batch", "rows", N_MELS]}, {"embedding": shape})


def _normalised(nodes: Nodes, rows: str) -> str:
    """Subtract each band's mean over time, after what is far below the loudest band is raised.

    So the level of a recording changes nothing.
    """
    loudest = nodes.add("ReduceMax", rows, axes=[1, 2], keepdims=1)
    loudest = nodes.add("Max", loudest, nodes.scalar(SILENCE))
    x = nodes.add("Max", nodes.add("Sub", rows, loudest), nodes.scalar(-RANGE))
    return nodes.add("Sub", x, nodes.add("ReduceMean", x, axes=[1], keepdims=1))


def _head_in_pieces(nodes: Nodes, x: str, tensors: Tensors) -> str:
    """Give what :func:`_head` gives, from one piece of the rows after the other.

    Its planes are larger than everything behind it: 10 MB each for 10 s. A piece is convolved with
    the rows around it that the convolutions reach, whose own outputs are dropped. So all outputs
    are those of the whole, to the bit.
    """
    one, zero = nodes.constant(np.int64(1)), nodes.constant(np.int64(0))
    batch, n_rows = (
        nodes.add("Gather", nodes.add("Shape", x), axis, axis=0) for axis in (zero, one)
    )
    n_pieces = _quotient(nodes, n_rows, nodes.constant(np.int64(PIECE)))
    length = _quotient(nodes, n_rows, n_pieces)
    width = len(tensors["head.conv2.weight"]) * (N_MELS // 8)
    sizes = [nodes.add("Unsqueeze", size, nodes.sizes(0)) for size in (batch, zero)]
    nothing = nodes.add("Concat", *sizes, nodes.sizes(width), axis=0)

    def piece(loop: Nodes, number: str, done: str) -> str:
        reach = loop.constant(np.int64(REACH))
        begin = loop.add("Mul", number, length)
        end = loop.add("Add", begin, length)
        first = loop.add("Max", loop.add("Sub", begin, reach), loop.constant(np.int64(0)))
        y = _head(loop, _rows(loop, x, first, loop.add("Add", end, reach)), tensors)
        y = _rows(loop, y, loop.add("Sub", begin, first), loop.add("Sub", end, first))
        return loop.add("Concat", done, y, axis=1)

    return nodes.repeated(n_pieces, nodes.add("ConstantOfShape", nothing), piece)


def _quotient(nodes: Nodes, a: str, b: str) -> str:
    """Give a / b, rounded up; both are whole numbers."""
    almost = nodes.add("Sub", b, nodes.constant(np.int64(1)))
    return nodes.add("Div", nodes.add("Add", a, almost), b)


def _rows(nodes: Nodes, x: str, begin: str, end: str) -> str:
    """Give the rows from `begin` on and before `end`, as far as there are any."""
    ends = [nodes.add("Unsqueeze", place, nodes.sizes(0)) for place in (begin, end)]
    return nodes.add("Slice", x, *ends, nodes.sizes(1))


def _head(nodes: Nodes, x: str, tensors: Tensors) -> str:
    """Convolve over bands and time; give channels and bands side by side, (batch, rows, width)."""
    x = nodes.add("Unsqueeze", nodes.add("Transpose", x, perm=[0, 2, 1]), nodes.sizes(1))
    x = nodes.add("Relu", _plane(nodes, x, tensors, "head.conv1", "head.bn1"))
    for layer in ("head.layer1", "head.layer2"):
        for k, stride in ((0, 2), (1, 1)):
            name = f"{layer}.{k}"
            y = _plane(nodes, x, tensors, f"{name}.conv1", f"{name}.bn1", stride)
            y = _plane(nodes, nodes.add("Relu", y), tensors, f"{name}.conv2", f"{name}.bn2")
            if k == 0:
                short = f"{name}.shortcut"
                x = _plane(nodes, x, tensors, f"{short}.0", f"{short}.1", stride)
            x = nodes.add("Relu", nodes.add("Add", y, x))
    x = nodes.add("Relu", _plane(nodes, x, tensors, "head.conv2", "head.bn2", 2))
    x = nodes.add("Transpose", x, perm=[0, 3, 1, 2])
    channels = len(tensors["head.conv2.weight"])
    return nodes.add("Reshape", x, nodes.sizes(0, 0, channels * (N_MELS // 8)))


def _plane(nodes: Nodes, x: str, tensors: Tensors, name: str, norm: str, stride: int = 1) -> str:
    """Convolve over bands and time with batch normalisation; the stride is that of the bands."""
    weight, bias = _folded(tensors, name, norm)
    size = weight.shape[-1]
    stored = [nodes.rounded(weight, f"{name}/weight"), nodes.constant(bias, f"{name}/bias")]
    edge = size // 2
    return nodes.add("Conv", x, *stored, strides=[stride, 1], pads=[edge] * 4)


def _block(nodes: Nodes, x: str, tensors: Tensors, block: int, segments: tuple[str, str]) -> str:
    """Put the outputs of the block's layers beside its input, each computed from all before."""
    for layer in range(1, 1 + _n_layers(tensors, block)):
        name = f"xvector.block{block}.tdnnd{layer}"
        y = _gain(nodes, x, tensors, f"{name}.nonlinear1.batchnorm")
        weight, bias = _folded(tensors, f"{name}.linear1", f"{name}.nonlinear2.batchnorm")
        y = nodes.add("Relu", _convolved(nodes, y, weight, bias, f"{name}.linear1"))
        gate = _gate(nodes, y, tensors, f"{name}.cam_layer", segments)
        beside = nodes.neighbours(y, 3, dilation=BLOCKS[block])
        local = f"{name}.cam_layer.linear_local"
        y = _convolved(nodes, beside, tensors[f"{local}.weight"], None, local)
        x = nodes.add("Concat", x, nodes.add("Mul", y, gate), axis=2)
    return x


def _gate(nodes: Nodes, x: str, tensors: Tensors, name: str, segments: tuple[str, str]) -> str:
    """Give each row a factor from 0 to 1 by channel, from the means of segment and recording."""
    means, of_row = segments
    y = nodes.add("MatMul", means, x)
    for part, function in (("linear1", "Relu"), ("linear2", "Sigmoid")):
        weight = tensors[f"{name}.{part}.weight"][:, :, 0].T
        y = nodes.add("MatMul", y, nodes.rounded(weight, f"{name}.{part}/weight"))
        bias = nodes.constant(tensors[f"{name}.{part}.bias"], f"{name}.{part}/bias")
        y = nodes.add(function, nodes.add("Add", y, bias))
    return nodes.add("Gather", y, of_row, axis=1)


def _segments(nodes: Nodes, x: str) -> tuple[str, str]:
    """Give a matrix (segments, rows) whose product is segment's mean + recording's mean.

    Beside it, each row's segment by number.
    """
    one = nodes.constant(np.int64(1))
    n_rows = nodes.add("Gather", nodes.add("Shape", x), one, axis=0)
    zero, size = nodes.constant(np.int64(0)), nodes.constant(np.int64(SEGMENT))
    of_row = nodes.add("Div", nodes.add("Range", zero, n_rows, one), size)
    last = nodes.add("Div", nodes.add("Sub", n_rows, one), size)
    numbers = nodes.add("Range", zero, nodes.add("Add", last, one), one)
    inside = nodes.add("Equal", nodes.add("Unsqueeze", numbers, nodes.sizes(1)), of_row)
    inside = nodes.add("Cast", inside, to=TensorProto.FLOAT)
    count = nodes.add("ReduceSum", inside, nodes.sizes(1), keepdims=1)
    all_rows = nodes.add("Reciprocal", nodes.add("Cast", n_rows, to=TensorProto.FLOAT))
    return nodes.add("Add", nodes.add("Div", inside, count), all_rows), of_row


def _transit(nodes: Nodes, x: str, tensors: Tensors, block: int) -> str:
    name = f"xvector.transit{block}"
    x = _gain(nodes, x, tensors, f"{name}.nonlinear.batchnorm")
    return _convolved(nodes, x, tensors[f"{name}.linear.weight"], None, name)


def _gain(nodes: Nodes, x: str, tensors: Tensors, norm: str) -> str:
    """Normalise by the training's mean and variance, then ReLU."""
    gain, shift = _gain_and_shift(tensors, norm)
    x = nodes.add("Mul", x, nodes.constant(gain, f"{norm}/gain"))
    return nodes.add("Relu", nodes.add("Add", x, nodes.constant(shift, f"{norm}/shift")))


def _convolved(nodes: Nodes, beside: str, weight: Array, bias: Array | None, name: str) -> str:
    """Multiply rows that lie side by side with the weights (n_out, n_in, size)."""
    return nodes.linear(beside, weight.transpose(0, 2, 1).reshape(len(weight), -1), bias, name)


def _folded(tensors: Tensors, name: str, norm: str) -> tuple[Array, Array]:
    """Give weight and bias of a convolution and the batch normalisation behind it."""
    gain, shift = _gain_and_shift(tensors, norm)
    weight = tensors[f"{name}.weight"]
    return weight * gain.reshape(-1, *(1,) * (weight.ndim - 1)), shift


def _gain_and_shift(tensors: Tensors, norm: str) -> tuple[Array, Array]:
    mean, variance = tensors[f"{norm}.running_mean"], tensors[f"{norm}.running_var"]
    gain = tensors[f"{norm}.weight"] / np.sqrt(variance + np.float32(EPSILON))
    return gain, tensors[f"{norm}.bias"] - mean * gain


def _n_layers(tensors: Tensors, block: int) -> int:
    start = f"xvector.block{block}.tdnnd"
    return max(int(key.removeprefix(start).split(".")[0]) for key in tensors if start in key)
