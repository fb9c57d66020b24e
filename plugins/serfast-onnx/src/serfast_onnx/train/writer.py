"""A small writer of ONNX graphs: one description of a network, two graphs.

The same calls write ``model.onnx``, which sees a whole recording, and ``step.onnx``, which sees
some rows and takes what it remembers as inputs: a convolution's context is zeros in the one and a
state in the other, a sum over time is over all rows in the one and goes on from a state in the
other, as does time itself. Sums go on in double, and a state of theirs is two of float32.
The graph is written from the weights, operator by operator, so nothing depends on how a version of
torch traces a module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ..card import State

__all__ = ["IR_VERSION", "OPSET", "ROW", "Graph"]

OPSET = 17
"""Operator set of the graphs: of 2022, known to every onnxruntime since 1.12."""
IR_VERSION = 8
ROW = 1 / 128
"""Time from row to row: a power of 2, so that a sum of them has no rounding."""
FAR = int(np.iinfo(np.int64).max)
"""End of a slice that goes on to the end."""

Array = np.ndarray[Any, Any]


class Graph:
    """Collects nodes and weights; values are referred to by name.

    Parameters
    ----------
    n_columns : int
        Columns of the rows that come in.
    n_rows : int or None
        How many rows a step takes; None for the graph of a whole recording.
    """

    def __init__(self, n_columns: int, n_rows: int | None) -> None:
        self.stepping = n_rows is not None
        self.states: list[State] = []
        self._rows = n_rows
        self._columns = n_columns
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._next: list[tuple[str, tuple[int, ...]]] = []
        self._count = 0

    def add(
        self,
        operator: str,
        *inputs: str,
        attributes: Mapping[str, Any] | None = None,
    ) -> str:
        """Append a node; give the name of its output."""
        name = self._name(operator)
        node = helper.make_node(operator, inputs, [name], name=name, **dict(attributes or {}))
        self._nodes.append(node)
        return name

    def constant(self, value: Any, dtype: Any = np.float32, name: str = "weights") -> str:
        """Store an array in the graph; give its name."""
        tensor = numpy_helper.from_array(np.array(value, dtype, order="C"), self._name(name))
        self._weights.append(tensor)
        return str(tensor.name)

    def integers(self, *values: int) -> str:
        """Store a list of int64, as operators take their axes."""
        return self.constant(list(values), np.int64, "integers")

    def context(self, name: str, x: str, channels: int, size: int) -> str:
        """Put what came before in front of `x`, of shape (1, channels, time), along time.

        At the beginning that is `size` zeros.
        """
        if size == 0:
            return x
        if not self.stepping:
            return self.add("Pad", x, self.integers(0, 0, size, 0, 0, 0))
        longer = self.add(
            "Concat", self._state(name, (1, channels, size)), x, attributes={"axis": 2}
        )
        last = self._times(longer, -size, FAR)
        self._leave(name, last, (1, channels, size))
        return longer

    def cut(self, longer: str, begin: int, end: int) -> str:
        """Leave out the first `begin` and the last `end` moments of what :meth:`context` gave."""
        return self._times(longer, begin, -end if end else FAR) if begin or end else longer

    def double(self, x: str) -> str:
        """Give `x` in double."""
        return self.add("Cast", x, attributes={"to": TensorProto.DOUBLE})

    def running(self, name: str, x: str, shape: tuple[int, ...]) -> str:
        """Add `x`, a sum in double over the rows of a step, to that of the steps before.

        States are of float32, so one holds the sum, and another what rounding took from it.
        """
        if not self.stepping:
            return x
        rest = f"{name}_rest"
        before = [self.double(self._state(one, shape)) for one in (name, rest)]
        total = self.add("Add", self.add("Add", *before), x)
        rounded = self._single(total)
        self._leave(name, rounded, shape)
        self._leave(rest, self._single(self.add("Sub", total, self.double(rounded))), shape)
        return total

    def moments(self, x: str) -> str:
        """Give 1 and the time since the beginning for each moment of `x`: (1, 2, time)."""
        if self._rows is not None:
            state = self._state("time", (1, 2, 1))
            numbers = np.arange(self._rows) * ROW
            there = self.constant([[np.ones(self._rows), numbers]])
            longer = self.add("Add", state, self.constant([[[0.0], [self._rows * ROW]]]))
            self._leave("time", longer, (1, 2, 1))
            return self.add("Add", state, there)
        size = self.add("Squeeze", self.add("Shape", x, attributes={"start": 2, "end": 3}))
        first, step = (self.constant(k, np.int64, "integers") for k in (0, 1))
        counted = self.add("Range", first, size, step)
        counted = self.add("Cast", counted, attributes={"to": TensorProto.FLOAT})
        scaled = self.add("Mul", counted, self.constant([[[0.0], [ROW]]]))
        return self.add("Add", scaled, self.constant([[[1.0], [0.0]]]))

    def first(self, x: str, axes: tuple[int, ...]) -> str:
        """Give the first along each of some axes."""
        bounds = [self.integers(*(k for _ in axes)) for k in (0, 1)]
        return self.add("Slice", x, *bounds, self.integers(*axes))

    def split(self, x: str, sizes: tuple[int, ...], axis: int) -> tuple[str, ...]:
        """Divide `x` into parts of these sizes."""
        names = tuple(self._name("Split") for _ in sizes)
        inputs = [x, self.integers(*sizes)]
        self._nodes.append(helper.make_node("Split", inputs, names, name=names[0], axis=axis))
        return names

    def lstm(self, x: str, weights: tuple[Array, Array, Array]) -> str:
        """Run an LSTM over `x`, of shape (1, channels, time); give all its outputs, likewise.

        Parameters
        ----------
        weights : three arrays
            Of the input (4 · hidden, channels), of the state (4 · hidden, hidden), and the biases
            of both (8 · hidden), gates in ONNX's order.
        """
        hidden = weights[1].shape[1]
        sequence = self.add("Transpose", x, attributes={"perm": [2, 0, 1]})
        stored = [self.constant(w[np.newaxis]) for w in weights]
        shape = (1, 1, hidden)
        name = self._name("LSTM")
        inputs, outputs = [sequence, *stored], [name]
        if self.stepping:
            inputs += ["", self._state("lstm_h", shape), self._state("lstm_c", shape)]
            outputs += [self._leaving("lstm_h", shape), self._leaving("lstm_c", shape)]
        node = helper.make_node("LSTM", inputs, outputs, name=name, hidden_size=hidden)
        self._nodes.append(node)
        every = self.add("Squeeze", name, self.integers(1))  # (time, 1, hidden)
        return self.add("Transpose", every, attributes={"perm": [1, 2, 0]})

    def to_bytes(self, probabilities: str, n_classes: int) -> bytes:
        """Finish the graph, whose output is this value in double, and check it."""
        rows = helper.make_tensor_value_info(
            "rows", TensorProto.FLOAT, [1, self._rows or "rows", self._columns]
        )
        self._nodes.append(helper.make_node("Identity", [probabilities], ["probabilities"]))
        inputs = [rows, *(_info(s.input, s.shape) for s in self.states)]
        outputs = [
            helper.make_tensor_value_info("probabilities", TensorProto.DOUBLE, [1, n_classes]),
            *(_info(name, shape) for name, shape in self._next),
        ]
        graph = helper.make_graph(self._nodes, "serfast", inputs, outputs, self._weights)
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="serfast-onnx",
        )
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))

    def _single(self, x: str) -> str:
        return self.add("Cast", x, attributes={"to": TensorProto.FLOAT})

    def _times(self, x: str, begin: int, end: int) -> str:
        return self.add("Slice", x, *(self.integers(k) for k in (begin, end, 2)))

    def _state(self, name: str, shape: tuple[int, ...]) -> str:
        self.states.append(State(name, f"{name}_next", shape))
        return name

    def _leave(self, name: str, value: str, shape: tuple[int, ...]) -> str:
        """Give the state this value for the next step."""
        self._nodes.append(helper.make_node("Identity", [value], [self._leaving(name, shape)]))
        return value

    def _leaving(self, name: str, shape: tuple[int, ...]) -> str:
        """Give the name of the output by which a state leaves."""
        self._next.append((f"{name}_next", shape))
        return f"{name}_next"

    def _name(self, what: str) -> str:
        self._count += 1
        return f"{what}_{self._count}"


def _info(name: str, shape: tuple[int, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
