"""Boosted trees as arrays: scikit-learn's probabilities, and nothing worse from a stranger."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from serfast.errors import ModelError, ParameterError
from serfast.models.bundle.bundle import Bundle
from serfast.testing.checks import SPEC, STATISTICS, toy_examples
from serfast.training.training import bundle_of
from serfast_sklearn import PLUGIN
from serfast_sklearn.boosted_trees import LEAF, arrays_of, probabilities

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("n_classes", [2, 3, 7])
@pytest.mark.parametrize("leaves", [2, 31, None])
def test_probabilities_are_scikit_learns(n_classes: int, leaves: int | None) -> None:
    x = RANDOM.normal(size=(400, 20))
    y = np.argmax(x[:, :n_classes] + RANDOM.normal(0, 0.3, (400, n_classes)), axis=1)
    model = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=leaves).fit(x, y)
    arrays = arrays_of(model)
    new = RANDOM.normal(size=(50, 20)) * 3
    new[:2] = [np.full(20, 1e300), np.full(20, -1e300)]
    ours = [probabilities(arrays, one) for one in new]
    np.testing.assert_allclose(ours, model.predict_proba(new), rtol=0, atol=1e-12)


def test_a_value_on_a_threshold_goes_left_as_there() -> None:
    x = np.repeat(np.arange(4.0), 25)[:, np.newaxis]
    model = HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=1).fit(x, x[:, 0] > 1)
    arrays = arrays_of(model)
    on = arrays["threshold"][arrays["feature"] != LEAF][:, np.newaxis]
    assert len(on)
    ours = [probabilities(arrays, one) for one in on]
    np.testing.assert_allclose(ours, model.predict_proba(on), rtol=0, atol=1e-12)


def test_categories_are_refused() -> None:
    x = RANDOM.integers(0, 4, (200, 1)).astype(float)
    model = HistGradientBoostingClassifier(max_iter=2, categorical_features=[0])
    model.fit(x, np.isin(x[:, 0], [1, 3]))
    with pytest.raises(ModelError, match="trees must divide by numbers, got categories"):
        arrays_of(model)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """A trained model of three classes."""
    plugin = PLUGIN.with_training_options({"estimator": "hist_gradient_boosting"})
    examples = toy_examples("vector")
    return bundle_of("sklearn", plugin.train(examples), examples, SPEC, STATISTICS, {})


def test_entries_that_no_tree_looks_at_may_be_anything(bundle: Bundle) -> None:
    model = PLUGIN.load(bundle)
    assert model.uses.any()
    x = toy_examples("vector").inputs[0]
    np.testing.assert_array_equal(
        model.predict_proba(np.where(model.uses, x, 0.0)), model.predict_proba(x)
    )
    assert not model.uses.all()
    with pytest.raises(ParameterError, match="x must be finite"):
        model.predict_proba(np.full_like(x, np.nan))


def inner(arrays: dict[str, np.ndarray]) -> int:
    return int(np.flatnonzero(arrays["feature"] != LEAF)[0])


def changed(bundle: Bundle, what: str) -> dict[str, np.ndarray]:
    """Give the arrays with one thing wrong."""
    arrays = {name: array.copy() for name, array in bundle.arrays.items()}
    node = inner(arrays)
    if what == "missing":
        del arrays["left"]
    elif what == "loop":
        arrays["left"][node] = node
    elif what == "back":
        arrays["right"][-1], arrays["feature"][-1] = 0, 0
    elif what == "beyond":
        arrays["right"][node] = len(arrays["right"])
    elif what == "root":
        arrays["roots"][0, 0] = -1
    elif what == "entry":
        arrays["feature"][node] = 10**6
    elif what == "kind":
        arrays["feature"] = arrays["feature"].astype(np.float32)
    elif what == "size":
        arrays["value"] = arrays["value"][:-1]
    elif what == "classes":
        arrays["roots"] = arrays["roots"][:, :2]
    elif what == "scalar":
        arrays["value"] = np.array(1.0)
    elif what == "empty":
        arrays["roots"] = arrays["roots"][:0]
    return arrays


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("missing", r"bundle must have the member left\.npy"),
        ("loop", r"left\.npy must lead to what is there, got \d+ at"),
        ("back", r"(left|right)\.npy must lead to what is there, got 0 at"),
        ("beyond", r"right\.npy must lead to what is there"),
        ("root", r"roots\.npy must lead to what is there, got -1 at 0"),
        ("entry", r"feature\.npy must lead to what is there, got 1000000"),
        ("kind", r"feature\.npy must be int of shape"),
        ("size", r"value\.npy must be float of shape"),
        ("classes", r"roots\.npy must be int of shape \(100, 3\), got int32 \(100, 2\)"),
        ("scalar", r"value\.npy must be float of shape \(\d+,\), got float64 \(\)"),
        ("empty", r"roots\.npy must be int"),
    ],
)
def test_damaged_trees_are_refused(bundle: Bundle, what: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        PLUGIN.load(replace(bundle, arrays=changed(bundle, what)))
