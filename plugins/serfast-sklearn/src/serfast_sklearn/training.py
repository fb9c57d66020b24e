"""An estimator is trained here, and what it has learnt is written and compared with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

from serfast.errors import ParameterError
from serfast.models.plugin import Examples, Weights

from .boosted_trees import arrays_of, probabilities
from .discriminant import fitted_lda
from .graphs import agreeing, compared, graph_of

__all__ = ["train", "weights_of"]

Array: TypeAlias = np.ndarray[Any, Any]


def logistic(seed: int, k: int) -> Any:
    """Multinomial regression, held down more than by default: vectors are long."""
    return LogisticRegression(C=0.01, max_iter=1000, class_weight="balanced", random_state=seed)


def mlp(seed: int, k: int) -> Any:
    """One hidden layer; classes are weighed by the examples' weights."""
    return MLPClassifier((64,), alpha=1e-2, max_iter=500, random_state=seed)


def random_forest(seed: int, k: int) -> Any:
    """Three hundred trees."""
    return RandomForestClassifier(300, class_weight="balanced", random_state=seed)


def hist_gradient_boosting(seed: int, k: int) -> Any:
    """A hundred rounds of small boosted trees on binned values.

    Vectors are longer than there are recordings, so that looking through the bins takes the time:
    an eighth of the usual number of them does.
    """
    return HistGradientBoostingClassifier(
        max_iter=100,
        max_bins=32,
        max_leaf_nodes=15,
        min_samples_leaf=5,
        l2_regularization=1.0,
        early_stopping=False,
        class_weight="balanced",
        random_state=seed,
    )


MAKERS: dict[str, Callable[[int, int], Any]] = {
    one.__name__: one for one in (hist_gradient_boosting, logistic, mlp, random_forest)
}
"""They make the estimators that fit themselves: all but `lda`."""

TREES = ("random_forest",)
"""Estimators of trees need no scaling, and compare float32 values with their thresholds."""


def train(examples: Examples, estimator: str, seed: int) -> Weights:
    """Train an estimator on examples, every class weighing the same, and write what it learnt.

    Boosted trees become plain arrays, the others a graph. A forest gets float32 values in training,
    as from the graph; boosted trees get float64. The others get scaled ones, where the scaling is
    fitted to these examples, and are written in float64.

    Raises
    ------
    ParameterError
        If there are fewer than two classes.
    ModelError
        If a probability of what is stored is more than 1e-5 from the estimator's.
    """
    k = len(examples.classes)
    if k < 2:
        raise ParameterError(f"labels must be of at least 2 classes, got {examples.classes}")
    codes = np.searchsorted(np.array(examples.classes), examples.labels)
    dtype = np.float32 if estimator in TREES else np.float64
    x = np.ascontiguousarray(examples.inputs, dtype)
    if estimator == "lda":
        scaler = StandardScaler().fit(x)
        model = make_pipeline(scaler, fitted_lda(scaler.transform(x), codes))
        return weights_of(model, x, {"estimator": estimator})
    model, fitting = MAKERS[estimator](seed, k), {}
    if estimator == "mlp":
        fitting["mlpclassifier__sample_weight"] = compute_sample_weight("balanced", codes)
    if estimator not in (*TREES, "hist_gradient_boosting"):
        model = make_pipeline(StandardScaler(), model)
    model.fit(x, codes, **fitting)
    return weights_of(model, x, {"estimator": estimator})


def weights_of(model: Any, x: Array, card: Mapping[str, Any]) -> Weights:
    """Give what a bundle holds of a fitted classifier, compared with it on some of `x`.

    Raises
    ------
    ModelError
        If a probability is more than 1e-5 from the classifier's.
    """
    arrays, files = {}, {}
    if isinstance(model, HistGradientBoostingClassifier):
        arrays = arrays_of(model)
        difference = _difference(arrays, model, compared(x))
    else:
        graph = graph_of(model, x)
        files, difference = graph.files, graph.difference
    facts = {"scikit_learn": sklearn.__version__, "stored_to_estimator": difference}
    return Weights(arrays=arrays, files=files, card={**card, **facts})


def _difference(arrays: dict[str, Array], model: Any, x: Array) -> float:
    stored = np.array([probabilities(arrays, one) for one in x])
    return agreeing("the stored trees", stored, model, x)
