"""Networks as ONNX graphs, built by hand from random weights: what the tests are fed with."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from serfast_onnx import Card, Model, State, Step

OPSET = 17


@dataclass
class Graph:
    """A graph that grows: each call adds a node and gives its output's name."""

    nodes: list[Any] = field(default_factory=list)
    tensors: dict[str, Any] = field(default_factory=dict)

    def add(self, operator: str, *inputs: Any, to: str = "", outputs: int = 1, **attributes: Any):
        """Add a node; arrays among the inputs become initializers, to_type is a Cast's `to`."""
        names = [x if isinstance(x, str) else self.tensor(x) for x in inputs]
        to = to or f"{operator}_{len(self.nodes)}"
        every = [to] if outputs == 1 else [f"{to}.{i}" for i in range(outputs)]
        attributes = {"to" if k == "to_type" else k: v for k, v in attributes.items()}
        self.nodes.append(helper.make_node(operator, names, every, **attributes))
        return every[0] if outputs == 1 else every

    def tensor(self, array: Any) -> str:
        """Add an initializer."""
        name = f"w{len(self.tensors)}"
        self.tensors[name] = numpy_helper.from_array(np.asarray(array), name)
        return name

    def model(
        self,
        inputs: dict[str, Any],
        outputs: dict[str, Any],
        opset: int = OPSET,
        dtype: int = TensorProto.FLOAT,
    ) -> bytes:
        """Give the model with these inputs and outputs: name → shape."""
        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            self.nodes,
            "network",
            [value(name, dtype, shape) for name, shape in inputs.items()],
            [value(name, dtype, shape) for name, shape in outputs.items()],
            list(self.tensors.values()),
        )
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        made.ir_version = 8
        onnx.checker.check_model(made)
        return made.SerializeToString()


class ConvGru:
    """Two causal convolutions, a GRU and attention with mean and deviation; steps of two rows.

    Parameters
    ----------
    columns, classes : int
    channels : (int, int)
        Of the convolutions.
    units : int
        Of the GRU.
    """

    def __init__(
        self,
        columns: int,
        classes: int,
        channels: tuple[int, int] = (128, 128),
        units: int = 64,
        seed: int = 0,
    ) -> None:
        random = np.random.default_rng(seed)

        def weights(*shape: int) -> Any:
            fan = int(np.prod(shape[1:])) if len(shape) > 1 else 4
            return (random.normal(size=shape) / np.sqrt(fan)).astype(np.float32)

        first, second = channels
        self.columns, self.classes, self.channels, self.units = columns, classes, channels, units
        self.scale = np.full(columns, 0.5, np.float32), np.full(columns, 0.25, np.float32)
        self.conv1 = weights(first, columns, 3), weights(first)
        self.conv2 = weights(second, first, 3), weights(second)
        self.gru = (
            weights(1, 3 * units, second),
            weights(1, 3 * units, units),
            weights(1, 6 * units),
        )
        self.attention = weights(units, units), weights(units, 1)
        self.dense = weights(2 * units, classes), weights(classes)

    @property
    def card(self) -> Card:
        """How the two graphs are fed."""
        shapes = self._states()
        states = tuple(State(name, f"{name}_next", shape) for name, shape in shapes.items())
        return Card(Model(min_rows=2), Step(2, states))

    def _states(self) -> dict[str, tuple[int, ...]]:
        return {
            "context1": (1, self.columns, 2),
            "context2": (1, self.channels[0], 2),
            "h": (1, 1, self.units),
            "sums": (1, 2 * self.units + 1),
        }

    def whole(self) -> bytes:
        """Give the graph of a recording."""
        graph = Graph()
        pads = np.array([0, 0, 2, 0, 0, 0])
        x = self._scaled(graph)
        x = self._conv1(graph, graph.add("Pad", x, pads))
        x = self._conv2(graph, graph.add("Pad", x, pads))
        y = self._gru(graph, x, np.zeros((1, 1, self.units), np.float32), "last")
        y = graph.add("Squeeze", y, np.array([1, 2]))
        sums = graph.add("ReduceSum", self._weighted(graph, y), np.array([0]), keepdims=1)
        self._judged(graph, sums)
        return graph.model(
            {"rows": (1, "time", self.columns)}, {"probabilities": (1, self.classes)}
        )

    def step(self) -> bytes:
        """Give the graph of two rows and the state."""
        graph = Graph()
        x = graph.add("Concat", "context1", self._scaled(graph), axis=2)
        last = np.array([-2]), np.array([2**31]), np.array([2])
        graph.add("Slice", x, *last, to="context1_next")
        x = graph.add("Concat", "context2", self._conv1(graph, x), axis=2)
        graph.add("Slice", x, *last, to="context2_next")
        y = self._gru(graph, self._conv2(graph, x), "h", "h_next")
        y = graph.add("Squeeze", y, np.array([1, 2]))
        graph.add("Add", "sums", self._weighted(graph, y), to="sums_next")
        self._judged(graph, "sums_next")
        states = self._states()
        return graph.model(
            {"rows": (1, 2, self.columns), **states},
            {"probabilities": (1, self.classes), **{f"{n}_next": s for n, s in states.items()}},
        )

    def files(self) -> dict[str, bytes]:
        """Give the members of its bundle."""
        card = self.card.to_bytes()
        return {"onnx.json": card, "model.onnx": self.whole(), "step.onnx": self.step()}

    def _scaled(self, graph: Graph) -> str:
        mean, factor = self.scale
        x = graph.add("Mul", graph.add("Sub", "rows", mean), factor)
        return graph.add("Transpose", x, perm=[0, 2, 1])

    def _conv1(self, graph: Graph, x: str) -> str:
        x = graph.add("Relu", graph.add("Conv", x, *self.conv1, kernel_shape=[3]))
        return graph.add("MaxPool", x, kernel_shape=[2], strides=[2])

    def _conv2(self, graph: Graph, x: str) -> str:
        return graph.add("Relu", graph.add("Conv", x, *self.conv2, kernel_shape=[3]))

    def _gru(self, graph: Graph, x: str, initial: Any, last: str) -> str:
        x = graph.add("Transpose", x, perm=[2, 0, 1])
        if not isinstance(initial, str):
            initial = graph.tensor(initial)
        names = [graph.tensor(w) for w in self.gru]
        graph.nodes.append(
            helper.make_node(
                "GRU",
                [x, *names, "", initial],
                ["hidden", last],
                hidden_size=self.units,
                linear_before_reset=1,
            )
        )
        return "hidden"

    def _weighted(self, graph: Graph, y: str) -> str:
        """Rows of (w h, w h², w), w being the attention; tanh bounds it, so exp is safe."""
        first, second = self.attention
        score = graph.add("MatMul", graph.add("Tanh", graph.add("MatMul", y, first)), second)
        weight = graph.add("Exp", score)
        mean = graph.add("Mul", weight, y)
        return graph.add("Concat", mean, graph.add("Mul", mean, y), weight, axis=1)

    def _judged(self, graph: Graph, sums: str) -> None:
        sizes = np.array([self.units, self.units, 1])
        first, second, total = graph.add("Split", sums, sizes, axis=1, outputs=3)
        mean = graph.add("Div", first, total)
        variance = graph.add("Sub", graph.add("Div", second, total), graph.add("Mul", mean, mean))
        deviation = graph.add("Sqrt", graph.add("Max", variance, np.float32(1e-6)))
        x = graph.add("Concat", mean, deviation, axis=1)
        x = graph.add("Gemm", x, *self.dense)
        graph.add("Softmax", x, axis=1, to="probabilities")


def main() -> None:
    """Write a bundle of ConvGru over the features of presets.speech(), for seven classes."""
    import serfast
    from serfast.models.bundle.bundle import Bundle

    spec = serfast.presets.speech()
    files = ConvGru(len(spec.columns), 7).files()
    Bundle(plugin="onnx", classes=tuple("abcdefg"), spec=spec, files=files).save(sys.argv[1])


if __name__ == "__main__":
    main()
