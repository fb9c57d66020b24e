"""Figures of answers that mean nothing are those of chance."""

from __future__ import annotations

import numpy as np

from serfast_svm.calibration import fit_logistic
from serfast_svm.cross_fitting import cross_fitted


def recall(scores: np.ndarray, codes: np.ndarray) -> float:
    said = scores.argmax(axis=1)
    return float(np.mean([(said[codes == c] == c).mean() for c in np.unique(codes)]))


def test_answers_that_mean_nothing_are_right_by_chance() -> None:
    """Forty answers calibrated by themselves seem to be right far more often than one in four."""
    by_themselves, by_others = [], []
    for seed in range(40):
        random = np.random.default_rng(seed)
        answers, codes = random.normal(size=(40, 4)), random.permutation(np.arange(40) % 4)
        groups = [np.flatnonzero(np.arange(40) % 5 == k) for k in range(5)]
        matrix, offsets = fit_logistic(answers, codes)
        by_themselves.append(recall(answers @ matrix.T + offsets, codes))
        by_others.append(recall(cross_fitted(answers, codes, groups), codes))
    deviation = np.sqrt(0.25 * 0.75 / (40 * 40))  # of the mean share of forty times forty answers
    assert abs(np.mean(by_others) - 0.25) < 4 * deviation
    assert np.mean(by_themselves) > 0.25 + 8 * deviation


def test_each_half_is_calibrated_by_the_other() -> None:
    random = np.random.default_rng(0)
    codes = np.arange(90) % 3
    answers = np.eye(3)[codes] + random.normal(size=(90, 3))
    groups = [np.flatnonzero(np.arange(90) // 30 == k) for k in range(3)]
    scores = cross_fitted(answers, codes, groups)
    half, other = np.r_[groups[0], groups[2]], groups[1]
    for these, others in ((half, other), (other, half)):
        matrix, offsets = fit_logistic(answers[others], codes[others])
        np.testing.assert_allclose(scores[these], answers[these] @ matrix.T + offsets, atol=1e-12)
