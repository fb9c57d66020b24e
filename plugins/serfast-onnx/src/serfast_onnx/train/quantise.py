"""int8: weights in a quarter of the bytes, convolutions in whole numbers.

Static quantisation by onnxruntime's own tool: activations have fixed ranges, those of the training
set (calibration), and weights a scale for each output channel. The LSTM's operator has no int8
form; its weights are stored as int8 and turned into float32 when the graph is loaded. The dense
layer, a few per cent of the weights, stays as it is: what it takes, means beside slopes, has no one
scale.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from serfast.errors import ModelError

from .runner import Runner

__all__ = ["quantised"]

MOST = 100
"""Recordings to calibrate on, at most."""
LEVELS = 127
OPERATORS = ["Conv"]

Array = np.ndarray[Any, Any]
Ranges = dict[str, list[dict[str, Any]]]
"""As onnxruntime's tool takes them, by the name of the tensor."""


def quantised(members: Mapping[str, bytes], rows: Sequence[Array]) -> dict[str, bytes]:
    """Quantise the graphs of a bundle.

    Parameters
    ----------
    members : mapping of str to bytes
        With float32 graphs.
    rows : sequence of ndarray of float32, shape (n_rows, n_columns)
        To calibrate on: of the training set, evenly spread ones are taken.

    Returns
    -------
    dict of str to bytes
        The same members with int8 graphs.

    Raises
    ------
    ModelError
        If a graph doesn't become smaller: it has hardly a weight that could be quantised.
    """
    runner = Runner(members)
    chosen = [rows[i] for i in np.linspace(0, len(rows) - 1, min(MOST, len(rows))).astype(int)]
    whole = _static(members["model.onnx"], [{"rows": runner.fitting(x)} for x in chosen], {})
    # The step graph gets the same ranges: with others, steps would round to other numbers.
    steps = runner.feeds(chosen[0][: 2 * runner.stride])
    step_tensors = _quantised_tensors(_static(members["step.onnx"], steps, {}))
    ranges = dict(zip(step_tensors, _quantised_tensors(whole).values(), strict=True))
    step = _static(members["step.onnx"], steps, ranges)
    small = {"model.onnx": _stored(whole), "step.onnx": _stored(step)}
    for name, data in small.items():
        if len(data) >= (before := len(members[name])):
            raise ModelError(
                f"{name} must be smaller in int8 than its {before} bytes in float32, got "
                f"{len(data)}: it has hardly a weight in convolutions or an LSTM"
            )
    return dict(members) | small


class _Reader(CalibrationDataReader):  # type: ignore[misc]
    """Hands the tool one input after the other."""

    def __init__(self, feeds: Sequence[Mapping[str, Array]]) -> None:
        self._left: Iterator[Mapping[str, Array]] = iter(feeds)

    def get_next(self) -> Mapping[str, Array] | None:
        return next(self._left, None)


def _static(data: bytes, feeds: Sequence[Mapping[str, Array]], ranges: Ranges) -> bytes:
    """Quantise convolutions, with the ranges given or those of the feeds."""
    with tempfile.TemporaryDirectory() as folder:
        plain, before, after = (Path(folder, f"{name}.onnx") for name in ("f", "shaped", "int8"))
        plain.write_bytes(data)
        quant_pre_process(plain, before, skip_optimization=True, skip_symbolic_shape=True)
        quantize_static(
            before,
            after,
            _Reader(feeds),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=OPERATORS,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            extra_options={"TensorQuantOverrides": ranges},
        )
        return after.read_bytes()


def _quantised_tensors(data: bytes) -> Ranges:
    """Scale and zero point of every activation that is quantised, in the graph's order."""
    graph = onnx.load_from_string(data).graph
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    return {
        node.input[0]: [
            {
                "scale": tensors[node.input[1]],
                "zero_point": tensors[node.input[2]],
                "quant_type": QuantType.QUInt8,
            }
        ]
        for node in graph.node
        if node.op_type == "QuantizeLinear"
    }


def _stored(data: bytes) -> bytes:
    """Finish a graph: the LSTM's weights in int8 too."""
    model = onnx.load_from_string(data)
    _store_lstm(model.graph)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _store_lstm(graph: onnx.GraphProto) -> None:
    """Store the LSTM's two matrices as int8, a scale for each gate of each cell."""
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    added = []
    for node in graph.node:
        if node.op_type != "LSTM":
            continue
        for position in (1, 2):
            name = node.input[position]
            weights = numpy_helper.to_array(tensors[name])  # (1, 4 · hidden, channels)
            scale = np.maximum(np.abs(weights).max(axis=(0, 2)), 1e-12) / LEVELS
            codes = np.rint(weights / scale[:, np.newaxis]).astype(np.int8)
            graph.initializer.remove(tensors[name])
            graph.initializer.append(numpy_helper.from_array(codes, f"{name}_int8"))
            graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
            added.append(
                helper.make_node(
                    "DequantizeLinear", [f"{name}_int8", f"{name}_scale"], [name], axis=1
                )
            )
    for node in added:
        graph.node.insert(0, node)
