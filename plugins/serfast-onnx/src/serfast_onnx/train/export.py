"""From a trained network to the members of a bundle."""

from __future__ import annotations

from torch import nn

from ..card import MEMBER, Card, Model, Step
from .front import Front
from .network import as_network
from .writer import Graph

__all__ = ["members_of"]


def members_of(network: nn.Module, front: Front, n_classes: int) -> dict[str, bytes]:
    """Write the card, the graph of a whole recording, and the graph of a step."""
    network.eval()
    n_rows = as_network(network).rows_per_step
    whole, _ = _written(network, front, None, n_classes)
    step, graph = _written(network, front, n_rows, n_classes)
    card = Card(Model(min_rows=n_rows), Step(n_rows, tuple(graph.states)))
    return {MEMBER: card.to_bytes(), "model.onnx": whole, "step.onnx": step}


def _written(
    network: nn.Module, front: Front, n_rows: int | None, n_classes: int
) -> tuple[bytes, Graph]:
    graph = Graph(front.n_columns, n_rows)
    logits = as_network(network).write(graph, front.write(graph, "rows"))
    return graph.to_bytes(graph.add("Softmax", logits), n_classes), graph
