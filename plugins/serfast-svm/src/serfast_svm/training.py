"""Training: choose on held-out speakers, then fit on all, with scikit-learn's SVC.

Everything is decided by the examples given: scaling, which entries of the vector to use, C, and
the temperature. The choice is from a small fixed menu, by leaving out one speaker after the other
(of many, an eighth at a time) and comparing unweighted average recall on the unaltered recordings
of whoever was left out.

The machines are linear and have far more inputs than examples, so they are trained on the matrix
of inner products, computed once per scaling for all C and all classes, and unfolded to weights at
the end: the same machines, many times faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from serfast.errors import ParameterError
from serfast.forking import forks_wait
from serfast.models.plugin import Examples, Weights

from .calibration import fit_sharpness

__all__ = ["COSTS", "SUBSETS", "Scaling", "train"]

Array = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
Codes = np.ndarray[Any, np.dtype[np.intp]]

COSTS = (0.3, 1.0, 3.0)
"""C of the menu, for inputs scaled to an expected squared length of 1."""

FOLDS = 8
"""Most models to train for one dish of the menu."""

SUBSETS: dict[str, tuple[str, ...]] = {
    "all": (),
    "without voiced": ("*.voiced.*",),
    "without mfcc": ("mfcc_*",),
    "without logmel": ("logmel_*",),
}
"""Parts of the vector on the menu: name → patterns of the entries left out."""


@dataclass(frozen=True)
class Choice:
    """One dish of the menu."""

    subset: str
    cost: float


@dataclass(frozen=True)
class Scaling:
    """Standardises, drops constant entries, and divides by the square root of how many remain."""

    mean: Array
    factor: Array

    @classmethod
    def fit(cls, x: Array, keep: Mask) -> Scaling:
        """Fit the scaling to these examples; entries not to keep get the factor 0."""
        mean, deviation = x.mean(axis=0), x.std(axis=0)
        keep = keep & (deviation > 1e-9 * np.maximum(np.abs(mean), 1e-9))
        if not keep.any():
            raise ParameterError("inputs must vary from example to example, got constant ones")
        root = np.sqrt(np.count_nonzero(keep))
        return cls(mean, np.where(keep, 1 / (np.where(keep, deviation, 1) * root), 0))

    def __call__(self, x: Array) -> Array:
        """`x`, of shape (n, d), scaled."""
        return (x - self.mean) * self.factor


def train(examples: Examples) -> Weights:
    """Weights of the machine for these examples."""
    _check(examples)
    x = np.asarray(examples.inputs, np.float64)
    choice, recall, held_out = _choose(x, examples)
    plain = ~examples.altered
    sharpness = fit_sharpness(held_out[plain], _codes(examples)[plain])
    scaling = Scaling.fit(x, _kept(examples, choice.subset))
    z = scaling(x)
    duals, intercepts = _fit(z @ z.T, _codes(examples), len(examples.classes), choice.cost)
    weights = (duals @ z) * scaling.factor
    return Weights(
        arrays={
            "weights": weights,
            "intercepts": intercepts - weights @ scaling.mean,
            "sharpness": np.array(sharpness),
        },
        card={"subset": choice.subset, "C": choice.cost, "held_out_uar": round(recall, 4)},
    )


def _check(examples: Examples) -> None:
    speakers = set(examples.speakers.tolist())
    if len(examples.classes) < 2:
        raise ParameterError(f"labels must be of at least 2 classes, got {examples.classes}")
    if len(speakers) < 2:
        raise ParameterError(
            "speakers must be at least 2 to train the plugin svm (3 to evaluate it), "
            f"got {sorted(speakers)}"
        )


def _choose(x: Array, examples: Examples) -> tuple[Choice, float, Array]:
    """Find the best choice, its recall, and its decision values for each speaker left out."""
    codes, classes = _codes(examples), len(examples.classes)
    menu = [Choice(subset, cost) for subset in SUBSETS for cost in COSTS]
    values = {choice: np.zeros((len(x), classes)) for choice in menu}
    for subset in SUBSETS:
        keep = _kept(examples, subset)
        for mask in _left_out(examples):
            scaling = Scaling.fit(x[~mask], keep)
            z, held_out = scaling(x[~mask]), scaling(x[mask])
            gram, cross = z @ z.T, held_out @ z.T
            for cost in COSTS:
                duals, intercepts = _fit(gram, codes[~mask], classes, cost)
                values[Choice(subset, cost)][mask] = cross @ duals.T + intercepts
    plain = ~examples.altered
    recalls = {c: _recall(values[c][plain].argmax(axis=1), codes[plain]) for c in menu}
    best = max(menu, key=recalls.__getitem__)
    return best, recalls[best], values[best]


def _left_out(examples: Examples) -> Iterator[Mask]:
    """Each speaker's examples; with more than FOLDS speakers, those of every FOLDS-th together."""
    speakers = sorted(set(examples.speakers.tolist()))
    for first in range(min(FOLDS, len(speakers))):
        yield np.isin(examples.speakers, speakers[first::FOLDS])


def _fit(gram: Array, codes: Codes, classes: int, cost: float) -> tuple[Array, Array]:
    """Dual coefficients (classes, n) and intercepts (classes,) of one machine per class.

    Positives and negatives of a class weigh the same in sum. Where there are only the ones or only
    the others (a class that one speaker alone has), the machine says so whatever it hears.
    """
    with forks_wait:
        from sklearn.svm import SVC

    duals, intercepts = np.zeros((classes, len(codes))), np.zeros(classes)
    for k in range(classes):
        positive = codes == k
        if positive.all() or not positive.any():
            intercepts[k] = 1.0 if positive.all() else -1.0
            continue
        machine = SVC(C=cost, kernel="precomputed", class_weight="balanced").fit(gram, positive)
        duals[k, machine.support_] = machine.dual_coef_[0]
        intercepts[k] = machine.intercept_[0]
    return duals, intercepts


def _kept(examples: Examples, subset: str) -> Mask:
    patterns = SUBSETS[subset]
    names = examples.names or [""] * np.shape(examples.inputs)[1]
    return np.array([not any(fnmatchcase(name, p) for p in patterns) for name in names])


def _codes(examples: Examples) -> Codes:
    return np.asarray(np.searchsorted(examples.classes, examples.labels))


def _recall(predicted: Array, codes: Codes) -> float:
    """Unweighted average recall of the classes that occur."""
    return float(np.mean([(predicted[codes == k] == k).mean() for k in np.unique(codes)]))
