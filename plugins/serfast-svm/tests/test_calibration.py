"""Scores and the bound of certain answers, beside other ways to find them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from serfast.training.certainty import RIGHT, RIGHT_IN_EACH
from serfast_svm import calibration
from serfast_svm.calibration import certain_bound, fit_logistic
from serfast_svm.inference import softmax


def drawn(n: int = 40_000, seed: int = 0):
    """Answers, and labels drawn from softmax(matrix @ answers + offsets)."""
    random = np.random.default_rng(seed)
    matrix = 3 * np.eye(4) + random.normal(size=(4, 4)) * 0.5
    offsets = random.normal(size=4) * 0.5
    answers = random.normal(size=(n, 4))
    cumulated = softmax(answers @ matrix.T + offsets).cumsum(axis=1)
    return answers, (random.uniform(size=(n, 1)) > cumulated).sum(axis=1), matrix, offsets


def test_scores_are_scikit_learns_logistic_regression(monkeypatch):
    """Without anything held, every class weighing the same, up to what softmax can't tell."""
    monkeypatch.setattr(calibration, "HELD", 1e-9)
    answers, codes, _, _ = drawn(3000)
    model = LogisticRegression(C=1e9, class_weight="balanced", tol=1e-9, max_iter=5000)
    expected = model.fit(answers, codes).predict_proba(answers)
    matrix, offsets = fit_logistic(answers, codes)
    worst = np.abs(softmax(answers @ matrix.T + offsets) - expected).max()
    print(f"worst difference of a probability {worst:.1e}")
    assert worst < 2e-3


def test_a_class_between_two_others_is_found():
    """Least squares on a line never answer the middle one most."""
    random = np.random.default_rng(0)
    codes = np.arange(600) % 3
    x = codes + random.normal(size=600) * 0.1
    line = np.column_stack([x, np.ones(600)])
    answers = line @ np.linalg.lstsq(line, np.where(codes[:, None] == range(3), 1.0, -1.0))[0]
    assert (answers.argmax(axis=1) == 1).mean() < 0.1
    matrix, offsets = fit_logistic(answers, codes)
    assert ((answers @ matrix.T + offsets).argmax(axis=1) == codes).mean() > 0.95


def test_probabilities_are_as_often_right_as_they_say():
    answers, codes, _, _ = drawn()
    fitted, strangers = slice(0, 5000), slice(5000, None)
    matrix, offsets = fit_logistic(answers[fitted], codes[fitted])
    probabilities = softmax(answers[strangers] @ matrix.T + offsets)
    largest = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == codes[strangers]
    bins = np.digitize(largest, np.linspace(0, 1, 16)[1:-1])
    gaps = [abs(largest[bins == b].sum() - right[bins == b].sum()) for b in range(15)]
    assert sum(gaps) / len(right) < 0.03


def test_constant_answers_give_finite_scores():
    matrix, offsets = fit_logistic(np.zeros((12, 3)), np.arange(12) % 3)
    assert np.isfinite(matrix).all()
    assert np.isfinite(offsets).all()


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 1.5])
def test_nine_of_ten_answers_above_the_bound_are_right_in_each_condition(sharpness):
    """Answers under the second condition are noisier, so their probabilities are too large."""
    answers, codes, matrix, offsets = drawn(6000)
    copies = np.arange(6000) % 2
    noise = np.random.default_rng(1).normal(size=answers.shape)
    answers = answers + 0.3 * copies[:, np.newaxis] * noise
    probabilities = softmax(sharpness * (answers @ matrix.T + offsets))
    bound = certain_bound(probabilities, codes, copies)
    kept = probabilities.max(axis=1) >= bound
    assert 0.05 < kept.mean() < 0.9
    right = probabilities.argmax(axis=1) == codes
    assert right[kept].mean() >= RIGHT
    assert all(right[kept & (copies == k)].mean() >= RIGHT_IN_EACH for k in (0, 1))


def test_no_bound_is_1_and_all_right_keeps_all():
    random = np.random.default_rng(1)
    probabilities, copies = softmax(random.normal(size=(500, 4))), np.zeros(500, int)
    said = probabilities.argmax(axis=1)
    assert certain_bound(probabilities, (said + 1) % 4, copies) == 1.0
    assert certain_bound(probabilities, said, copies) == probabilities.max(axis=1).min()
