"""A fitted estimator as a graph, and the graph compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from skl2onnx import to_onnx

from serfast.errors import ModelError
from serfast.forking import forks_wait
from serfast_onnx import Card, Model, Options
from serfast_onnx.session import open_session

__all__ = ["TOLERANCE", "Graph", "agreeing", "compared", "graph_of"]

Array: TypeAlias = np.ndarray[Any, Any]

TOLERANCE = 1e-5
"""How far from the estimator's a probability may be."""

COMPARED = 200
"""So many examples at most are compared."""


@dataclass(frozen=True)
class Graph:
    """A graph with its card, and its largest difference from the estimator's probabilities."""

    data: bytes
    card: Card
    difference: float

    @property
    def files(self) -> dict[str, bytes]:
        """Give the members of a bundle that serfast-onnx reads."""
        return {"model.onnx": self.data, "onnx.json": self.card.to_bytes()}


def graph_of(model: Any, x: Array) -> Graph:
    """Write a fitted classifier as a graph that takes vectors of the dtype of `x`.

    Parameters
    ----------
    model : estimator of scikit-learn
        It has `predict_proba`.
    x : ndarray, shape (n, d)
        Up to 200 of them are compared.

    Raises
    ------
    ModelError
        If a probability of the graph is more than 1e-5 from the estimator's.
    """
    graph = to_onnx(model, x[:1], options={"zipmap": False}, name="sklearn")
    data = graph.SerializeToString()
    card = Card(Model(input=graph.graph.input[0].name, layout="ND"))
    session = open_session(data, "model.onnx", Options())
    chosen = compared(x)
    name = card.model.input
    graphs = [session.run([card.model.output], {name: one[np.newaxis]})[0][0] for one in chosen]
    return Graph(data, card, agreeing("the graph", np.array(graphs), model, chosen))


def compared(x: Array) -> Array:
    """Give the examples that are compared, spread over all."""
    return x[:: -(-len(x) // COMPARED)]


def _named(model: Any, x: Array) -> Any:
    """Give vectors as a table, if the estimator was fitted to one and wants its names."""
    if not hasattr(model, "feature_names_in_"):
        return x
    with forks_wait:
        import pandas as pd  # optional: who fitted to a table has it
    return pd.DataFrame(x, columns=model.feature_names_in_)


def agreeing(what: str, probabilities: Array, model: Any, x: Array) -> float:
    """Give the largest difference from the estimator's probabilities for x.

    Raises
    ------
    ModelError
        If it is more than 1e-5.
    """
    expected = model.predict_proba(_named(model, x))
    if probabilities.shape != expected.shape:
        rule = f"{what} must give probabilities of shape {expected.shape}"
        raise ModelError(f"{rule}, got {probabilities.shape}")
    difference = float(np.abs(probabilities - expected).max())
    if not difference <= TOLERANCE:
        raise ModelError(
            f"{what} must give the estimator's probabilities within {TOLERANCE:g}, got a "
            f"difference of {difference:.1e}"
        )
    return difference
