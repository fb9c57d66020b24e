"""Sharpness is that of the greatest likelihood, and is measured on other speakers' answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from serfast.models import sharpened
from serfast.training import expected_calibration_error, fit_sharpness
from serfast.training.certainty import bound_of, with_bound
from serfast.training.conditions import Condition
from serfast.training.figures import Evaluation, Fold
from serfast.training.sharpness import RANGE, sharpened_fold, sharpness_of

CLASSES = ("a", "b", "c")


def drawn(
    n: int = 3000, flat: float = 1.0, seed: int = 0
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Scores, flattened by a factor, and classes drawn by the probabilities that they meant."""
    random = np.random.default_rng(seed)
    scores = 2 * random.normal(size=(n, 3))
    cumulated = np.exp(log_softmax(scores, axis=1)).cumsum(axis=1)
    return scores * flat, (random.uniform(size=(n, 1)) > cumulated).sum(axis=1)


def fold(speaker: str, seed: int, flat: float = 0.4, n: int = 300) -> Fold:
    """Answers whose probabilities are too flat, or too sharp if `flat` is above 1."""
    scores, true = drawn(n, flat, seed)
    probabilities = np.exp(log_softmax(scores, axis=1))
    names = np.array(CLASSES)
    return Fold(
        speaker=speaker,
        true=tuple(names[true].tolist()),
        predicted=tuple(names[probabilities.argmax(axis=1)].tolist()),
        probabilities=probabilities,
        chosen={},
        classes=CLASSES,
    )


def evaluation(*folds: Fold) -> Evaluation:
    under = [replace(one, conditions=(fold(one.speaker, 90 + k),)) for k, one in enumerate(folds)]
    return Evaluation(CLASSES, tuple(under), measured_under=(Condition.from_text("noise=20"),))


@pytest.mark.parametrize("flat", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_it_has_the_greatest_likelihood(flat: float, is_weighted: bool) -> None:
    scores, true = drawn(500, flat)
    weights = np.random.default_rng(1).uniform(size=500) if is_weighted else np.ones(500)

    def loss(sharpness: float) -> float:
        return -float(weights @ log_softmax(sharpness * scores, axis=1)[np.arange(500), true])

    best = minimize_scalar(loss, bounds=RANGE, method="bounded", options={"xatol": 1e-9}).x
    assert fit_sharpness(scores, true, weights if is_weighted else None) == pytest.approx(
        best, rel=1e-4
    )


def test_it_undoes_the_flattening() -> None:
    scores, true = drawn(100_000, 0.25)
    assert fit_sharpness(scores, true) == pytest.approx(4, rel=0.03)


def test_answers_that_are_all_right_or_none_stay_within_bounds() -> None:
    scores = np.eye(3)[np.arange(30) % 3]
    assert fit_sharpness(scores, np.arange(30) % 3) == pytest.approx(RANGE[1], rel=1e-6)
    assert fit_sharpness(scores, (np.arange(30) + 1) % 3) == pytest.approx(RANGE[0], rel=1e-6)
    assert fit_sharpness(np.empty((0, 3)), np.empty(0, int)) == 1


def test_probabilities_are_raised_to_the_power_and_keep_their_order() -> None:
    given = np.random.default_rng(0).dirichlet(np.ones(4), size=20)
    wanted = given**2.5 / (given**2.5).sum(axis=1, keepdims=True)
    assert sharpened(given, 2.5) == pytest.approx(wanted, abs=1e-15)
    assert sharpened(np.array([1.0, 0.0]), 20).tolist() == pytest.approx([1, 0], abs=1e-12)


def test_each_folds_answers_are_sharpened_as_the_others_tell() -> None:
    plain = evaluation(*(fold(name, k) for k, name in enumerate("xyz")))
    marked = with_bound(plain, sharpens=True)
    assert marked.sharpness == sharpness_of(plain.folds) == pytest.approx(2.5, rel=0.15)
    for k, (before, after) in enumerate(zip(plain.folds, marked.folds, strict=True)):
        others = [*plain.folds[:k], *plain.folds[k + 1 :]]
        sharpness = sharpness_of(others)
        bound = bound_of([sharpened_fold(one, sharpness) for one in others])
        for old, new in ((before, after), (before.conditions[0], after.conditions[0])):
            assert new.probabilities == pytest.approx(sharpened(old.probabilities, sharpness))
            assert new.predicted == old.predicted
            assert new.certain == tuple((new.certainty >= bound).tolist())
    every = bound_of([sharpened_fold(one, marked.sharpness) for one in plain.folds])
    assert marked.certain_above == every


def test_the_calibration_error_becomes_small_and_the_card_says_so() -> None:
    plain = evaluation(*(fold(name, k) for k, name in enumerate("xyz")))
    marked = with_bound(plain, sharpens=True)
    assert plain.expected_calibration_error > 0.15
    assert marked.expected_calibration_error < 0.05
    assert marked.expected_calibration_error == expected_calibration_error(
        np.concatenate([one.certainty for one in marked.folds]),
        np.concatenate([one.right for one in marked.folds]),
    )
    card = marked.card()["calibration"]
    assert card["sharpness"] == marked.sharpness
    assert "other folds" in card["protocol"]
    assert "sharpness" not in with_bound(plain).card()["calibration"]


def test_classes_that_a_folds_model_doesnt_know_are_left_out() -> None:
    """A fold of two classes of three has two columns; a recording of the third says nothing."""
    whole, scores = fold("x", 0), np.array([[0.6, 0.4], [0.3, 0.7], [0.9, 0.1]])
    part = Fold(
        speaker="y",
        true=("a", "b", "c"),
        predicted=("a", "b", "a"),
        probabilities=scores,
        chosen={},
        classes=("a", "b"),
    )
    alone = replace(
        part, true=part.true[:2], predicted=part.predicted[:2], probabilities=scores[:2]
    )
    assert sharpness_of([whole, part]) == sharpness_of([whole, alone])
    assert sharpness_of([part]) > 1
    assert sharpness_of([replace(part, true=("c",) * 3)]) == 1
