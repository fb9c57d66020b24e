"""An estimator is trained here, written as a graph, and the graph compared with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import sklearn
from skl2onnx import to_onnx
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

from serfast.errors import ModelError, ParameterError
from serfast.models.plugin import Examples, Weights
from serfast_onnx import Card, Model, Options
from serfast_onnx.session import open_session

__all__ = ["TOLERANCE", "train"]

Array: TypeAlias = np.ndarray[Any, Any]

TOLERANCE = 1e-5
"""How far a probability of the graph may be from the estimator's."""

COMPARED = 200
"""So many examples at most are compared."""


def logistic(seed: int, k: int) -> Any:
    """Multinomial regression, held down more than by default: vectors are long."""
    return LogisticRegression(C=0.01, max_iter=1000, class_weight="balanced", random_state=seed)


def lda(seed: int, k: int) -> Any:
    """Linear discriminant analysis with the shrinkage of Ledoit and Wolf; equal priors."""
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=np.full(k, 1 / k))


def mlp(seed: int, k: int) -> Any:
    """One hidden layer; classes are weighed by the examples' weights."""
    return MLPClassifier((64,), alpha=1e-2, max_iter=500, random_state=seed)


def random_forest(seed: int, k: int) -> Any:
    """Three hundred trees."""
    return RandomForestClassifier(300, class_weight="balanced", random_state=seed)


MAKERS: dict[str, Callable[[int, int], Any]] = {
    one.__name__: one for one in (logistic, lda, mlp, random_forest)
}
TREES = ("random_forest",)
"""Estimators of trees need no scaling, and compare float32 values with their thresholds."""


def train(examples: Examples, estimator: str, seed: int) -> Weights:
    """Train an estimator on examples, every class weighing the same, and write it as a graph.

    Trees get float32 values in training, as from the graph. The others get scaled ones, where
    the scaling is fitted to these examples, and are written in float64.

    Raises
    ------
    ParameterError
        If there are fewer than two classes.
    ModelError
        If a probability of the graph is more than 1e-5 from the estimator's.
    """
    k = len(examples.classes)
    if k < 2:
        raise ParameterError(f"labels must be of at least 2 classes, got {examples.classes}")
    codes = np.searchsorted(np.array(examples.classes), examples.labels)
    model = MAKERS[estimator](seed, k)
    dtype = np.float32 if estimator in TREES else np.float64
    x = np.ascontiguousarray(examples.inputs, dtype)
    fitting = {}
    if estimator == "mlp":
        fitting["mlpclassifier__sample_weight"] = compute_sample_weight("balanced", codes)
    if estimator not in TREES:
        model = make_pipeline(StandardScaler(), model)
    model.fit(x, codes, **fitting)
    graph = to_onnx(model, x[:1], options={"zipmap": False}, name="sklearn")
    data = graph.SerializeToString()
    card = Card(Model(input=graph.graph.input[0].name, layout="ND"))
    difference = _difference(data, card, model, x[:: -(-len(x) // COMPARED)])
    return Weights(
        arrays={},
        files={"model.onnx": data, "onnx.json": card.to_bytes()},
        card={
            "estimator": estimator,
            "scikit_learn": sklearn.__version__,
            "graph_to_estimator": difference,
        },
    )


def _difference(data: bytes, card: Card, model: Any, x: Array) -> float:
    """Give the largest difference between the graph's and the estimator's probabilities."""
    session = open_session(data, "model.onnx", Options())
    name = card.model.input
    graphs = [session.run([card.model.output], {name: one[np.newaxis]})[0][0] for one in x]
    difference = float(np.abs(np.array(graphs) - model.predict_proba(x)).max())
    if not difference <= TOLERANCE:
        raise ModelError(
            f"the graph must give the estimator's probabilities within {TOLERANCE:g}, got a "
            f"difference of {difference:.1e}"
        )
    return difference
