"""Boosted trees as plain arrays: what a histogram gradient boosting has learnt, run by NumPy.

skl2onnx 1.20 writes a boolean for every leaf of such trees, which onnx refuses. All nodes of all
trees lie in one table; a tree is known by the place of its root.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

import numpy as np

from serfast import FeatureSpec
from serfast.errors import ModelError
from serfast.models.bundle.bundle import Bundle
from serfast.models.classifier import Input, check_input

__all__ = ["ARRAYS", "BoostedTrees", "arrays_of", "load", "probabilities"]

Array: TypeAlias = np.ndarray[Any, Any]

ARRAYS = ("roots", "feature", "threshold", "left", "right", "value", "baseline")
"""The bundle's arrays; :func:`arrays_of` says what they are."""

LEAF = -1
"""In place of a feature's index: the node is a leaf."""


def arrays_of(model: Any) -> dict[str, Array]:
    """Give what a fitted HistGradientBoostingClassifier has learnt.

    Returns
    -------
    dict of str to ndarray
        ``roots`` (rounds, trees), the place of every tree's root; of each node ``feature``, the
        index of the entry that it looks at or -1 for a leaf, ``threshold``, ``left`` and ``right``,
        the places of the nodes for values up to the threshold and above it, and ``value``, a
        leaf's share of the score; ``baseline`` (trees,), to which the leaves' values are added.

    Raises
    ------
    ModelError
        If a tree divides by categories.
    """
    roots, tables, place = [], [], 0
    for trees in model._predictors:
        begins = []
        for tree in trees:
            begins.append(place)
            tables.append((tree.nodes, place))
            place += len(tree.nodes)
        roots.append(begins)
    nodes = np.concatenate([table for table, _ in tables])
    shifts = np.concatenate([np.full(len(table), begin) for table, begin in tables])
    if nodes["is_categorical"].any():
        raise ModelError("trees must divide by numbers, got categories")
    leaf = nodes["is_leaf"].astype(bool)
    return {
        "roots": np.array(roots, np.int32),
        "feature": np.where(leaf, LEAF, nodes["feature_idx"]).astype(np.int32),
        # a threshold of infinity sends every number to the left, as the largest one does
        "threshold": np.clip(np.where(leaf, 0.0, nodes["num_threshold"]), *_finite()),
        "left": np.where(leaf, 0, nodes["left"] + shifts).astype(np.int32),
        "right": np.where(leaf, 0, nodes["right"] + shifts).astype(np.int32),
        "value": nodes["value"].astype(np.float64),
        "baseline": np.ravel(model._baseline_prediction).astype(np.float64),
    }


def probabilities(arrays: dict[str, Array], x: Array) -> Array:
    """Give the probability of each class for one vector.

    All trees go down a level at a time, until all are at a leaf. A class's score is the sum of its
    trees' leaves.
    """
    feature, threshold = arrays["feature"], arrays["threshold"]
    left, right = arrays["left"], arrays["right"]
    node = arrays["roots"]
    while (inner := feature[node] != LEAF).any():
        below = np.where(x[feature[node]] <= threshold[node], left[node], right[node])
        node = np.where(inner, below, node)
    total = arrays["baseline"] + arrays["value"][node].sum(axis=0)
    if len(total) == 1:  # of two classes it is the second one's
        total = np.array([0.0, total[0]])
    shares = np.exp(total - total.max())
    return np.asarray(shares / shares.sum())


@dataclass(frozen=True, eq=False)
class BoostedTrees:
    """A classifier of vectors; immutable, and shared by any number of threads.

    Parameters
    ----------
    classes : tuple of str
    spec : FeatureSpec
    size : int
        Number of the vector's entries.
    arrays : dict of str to ndarray
        As :func:`arrays_of` gives them, checked.
    """

    classes: tuple[str, ...]
    spec: FeatureSpec
    size: int
    arrays: dict[str, Array] = field(repr=False)
    uses: Array = field(init=False, repr=False)
    """Entries that some tree looks at; the others aren't computed."""

    input: ClassVar[Input] = "vector"

    def __post_init__(self) -> None:
        uses = np.zeros(self.size, bool)
        feature = self.arrays["feature"]
        uses[feature[feature != LEAF]] = True
        object.__setattr__(self, "uses", uses)

    def predict_proba(self, x: Array) -> Array:
        """Give the probability of each class for one vector.

        Raises
        ------
        ParameterError
            If x has another shape or isn't finite.
        """
        return probabilities(self.arrays, check_input(x, (self.size,), np.float64))


def load(bundle: Bundle) -> BoostedTrees:
    """Make the classifier in a bundle; its trees may be a stranger's.

    Raises
    ------
    ModelError
        If an array is missing or of another kind, a node or an entry isn't there, or a way through
        a tree would not end.
    """
    if missing := [name for name in ARRAYS if name not in bundle.arrays]:
        raise ModelError(f"bundle must have the member {missing[0]}.npy")
    arrays = {name: bundle.arrays[name] for name in ARRAYS}
    n, k = arrays["feature"].size, len(bundle.classes)
    columns = 1 if k == 2 else k
    for name, array in arrays.items():
        shape = {"roots": (*array.shape[:1], columns), "baseline": (columns,)}.get(name, (n,))
        kind = "f" if name in ("threshold", "value", "baseline") else "i"
        if array.shape != shape or array.dtype.kind != kind or not array.size:
            raise ModelError(
                f"{name}.npy must be {_KINDS[kind]} of shape {shape}, got "
                f"{array.dtype} {array.shape}"
            )
    feature, place = arrays["feature"], np.arange(n)
    _within("roots", arrays["roots"], 0, n)
    _within("feature", feature, LEAF, bundle.vector_size)
    inner = feature != LEAF
    for name in ("left", "right"):
        # a node lies behind the one above it, so that every way ends
        _within(name, arrays[name][inner], place[inner] + 1, n)
    return BoostedTrees(bundle.classes, bundle.spec, bundle.vector_size, arrays)


_KINDS = {"f": "float", "i": "int"}


def _within(name: str, array: Array, least: Any, end: int) -> None:
    """Raise ModelError unless least <= array < end."""
    wrong = np.flatnonzero(np.ravel((array < least) | (array >= end)))
    if wrong.size:
        value = np.ravel(array)[wrong[0]]
        raise ModelError(f"{name}.npy must lead to what is there, got {value} at {wrong[0]}")


def _finite() -> tuple[float, float]:
    limits = np.finfo(np.float64)
    return float(limits.min), float(limits.max)
