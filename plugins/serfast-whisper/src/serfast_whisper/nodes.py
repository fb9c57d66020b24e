"""Nodes and constants of an ONNX graph, for packages that write their encoder's graph.

Matrices may be stored in int8, each column with a scale. Then what they are multiplied with is
rounded to 8 bits when the graph runs (dynamic quantisation).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

__all__ = ["LARGEST", "Nodes"]

Array = np.ndarray[Any, np.dtype[np.float32]]

LARGEST = 63
"""Weights have 7 bits, so that two products with 8 bits fit in 16.

Processors without VNNI add two products in 16 bits, and cut off what doesn't fit.
"""

OPSET, IR_VERSION = 17, 8
"""LayerNormalization is there since opset 17."""


class Nodes:
    """Nodes and constants in the order in which they are added; names are numbers.

    Parameters
    ----------
    int8 : bool
        :meth:`linear` stores its matrices in int8.
    prefix : str
        Names that are numbers begin with it.
    """

    def __init__(self, int8: bool = False, prefix: str = "") -> None:
        self._int8, self._prefix = int8, prefix
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._scalars: dict[tuple[str, Any], str] = {}

    def constant(self, value: Any, name: str = "") -> str:
        """Add a constant of the value's own type."""
        name = name or f"{self._prefix}constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def scalar(self, value: float) -> str:
        """Add a number in float32; equal ones are one constant."""
        key = ("float", value)
        if key not in self._scalars:
            self._scalars[key] = self.constant(np.float32(value))
        return self._scalars[key]

    def sizes(self, *values: int) -> str:
        """Add a vector of int64; equal ones are one constant."""
        key = ("sizes", values)
        if key not in self._scalars:
            self._scalars[key] = self.constant(np.array(values, np.int64))
        return self._scalars[key]

    def rounded(self, value: Array, name: str) -> str:
        """Add a constant in float32, which the file stores in float16 if matrices are in int8.

        onnxruntime turns it into float32 when it loads the graph.
        """
        if not self._int8:
            return self.constant(value, name)
        stored = self.constant(value.astype(np.float16), f"{name}/float16")
        return self.add("Cast", stored, name=name, to=TensorProto.FLOAT)

    def add(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """Add a node of ONNX with one output, and give the output's name."""
        name = name or f"{self._prefix}{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def linear(self, x: str, weight: Array, bias: Array | None, name: str) -> str:
        """Add x @ weightᵀ + bias, with a weight (n_out, n_in)."""
        multiply = self._multiplied_int8 if self._int8 else self._multiplied
        product = multiply(x, weight.T, name)
        if bias is None:
            return product
        return self.add("Add", product, self.constant(bias, f"{name}/bias"))

    def _multiplied(self, x: str, matrix: Array, name: str) -> str:
        return self.add("MatMul", x, self.constant(matrix, f"{name}/weight"))

    def _multiplied_int8(self, x: str, matrix: Array, name: str) -> str:
        scale = np.abs(matrix).max(axis=0) / np.float32(LARGEST)
        rounded = self.constant(np.rint(matrix / scale).astype(np.int8), f"{name}/weight")
        whole, steps, zero = (f"{name}/{what}" for what in ("rounded", "step", "zero"))
        self._nodes.append(
            helper.make_node("DynamicQuantizeLinear", [x], [whole, steps, zero], name=whole)
        )
        zeros = self.constant(np.zeros(len(scale), np.int8))
        product = self.add("MatMulInteger", whole, rounded, zero, zeros)
        product = self.add("Cast", product, to=TensorProto.FLOAT)
        return self.add("Mul", product, self.add("Mul", steps, self.constant(scale)))

    def neighbours(self, x: str, size: int, *, stride: int = 1, dilation: int = 1) -> str:
        """Add each row beside the rows around it: a convolution's input as a matrix.

        Parameters
        ----------
        x : str
            It has the shape (batch, rows, width). Rows before the first and behind the last are 0.
        size, stride, dilation : int
            They are those of the convolution; the size is odd.

        Returns
        -------
        str
            Its shape is (batch, ceil(rows / stride), size · width), the earliest row first.
        """
        reach = size // 2 * dilation
        padded = self.add("Pad", x, self.sizes(0, reach, 0, 0, reach, 0))
        starts = range(0, 2 * reach + 1, dilation)
        ends = [start - 2 * reach for start in starts[:-1]] + [2**62]
        rows = [
            self.add("Slice", padded, *(self.sizes(k) for k in (start, end, 1, stride)))
            for start, end in zip(starts, ends, strict=True)
        ]
        return self.add("Concat", *rows, axis=2)

    def pooled(self, x: str) -> list[str]:
        """Add mean and standard deviation over rows, each of shape (batch, width)."""
        mean = self.add("ReduceMean", x, axes=[1], keepdims=1)
        distance = self.add("Sub", x, mean)
        square = self.add("Mul", distance, distance)
        variance = self.add("ReduceMean", square, axes=[1], keepdims=0)
        return [self.add("Squeeze", mean, self.sizes(1)), self.add("Sqrt", variance)]

    def repeated(self, times: str, start: str, step: Callable[[Nodes, str, str], str]) -> str:
        """Add a loop, and give the name of what its last step gives.

        Parameters
        ----------
        times : str
            So many steps are made: int64 of shape ().
        start : str
            The first step begins with it: float32.
        step : callable
            It is given the loop's own nodes to add to, the name of a step's number (from 0 on), and
            of what the step before gave. It gives the name of what the step gives. It may use what
            was added here.
        """
        loop = f"Loop_{len(self._nodes)}"
        inside = Nodes(self._int8, f"{loop}/")
        number, again, before = (f"{loop}/{what}" for what in ("number", "again", "before"))
        after = step(inside, number, before)
        going_on = inside.add("Identity", again)
        info, floats = helper.make_tensor_value_info, TensorProto.FLOAT
        flags = [info(name, TensorProto.BOOL, []) for name in (again, going_on)]
        inputs = [info(number, TensorProto.INT64, []), flags[0], info(before, floats, None)]
        outputs = [flags[1], info(after, floats, None)]
        body = helper.make_graph(inside._nodes, loop, inputs, outputs, inside._constants)
        return self.add("Loop", times, "", start, body=body)

    def model(
        self,
        name: str,
        inputs: dict[str, Sequence[str | int]],
        outputs: dict[str, Sequence[str | int]],
    ) -> onnx.ModelProto:
        """Give the checked model of all that was added; names and shapes are in float32."""
        floats = TensorProto.FLOAT
        begin, end = (
            [helper.make_tensor_value_info(key, floats, shape) for key, shape in some.items()]
            for some in (inputs, outputs)
        )
        graph = helper.make_graph(self._nodes, name, begin, end, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        return model
