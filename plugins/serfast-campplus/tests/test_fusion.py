"""The mean of two machines: linear in both, calibrated again, better than either."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from serfast.errors import ParameterError
from serfast.models.plugin import Examples
from serfast_campplus import BOTH
from serfast_campplus.fusion import train_parts
from serfast_svm.training import train

WIDTHS = (6, 9)


@pytest.fixture(scope="module")
def examples():
    """Three classes of four speakers; each part of a vector knows them, with noise of its own."""
    random = np.random.default_rng(1)
    labels = np.tile(["a", "b", "c"], 40)
    codes = np.searchsorted(["a", "b", "c"], labels)
    x = random.normal(0, 1, (120, sum(WIDTHS)))
    x[np.arange(120), codes] += 1.5
    x[np.arange(120), codes + WIDTHS[0]] += 1.5
    speakers = np.repeat(["p", "q", "r", "s"], 30)
    return Examples(
        inputs=x,
        labels=labels,
        speakers=speakers,
        altered=np.zeros(120, bool),
        copies=np.zeros(120, int),
    )


@pytest.fixture(scope="module")
def fused(examples):
    return train_parts(examples, WIDTHS)


def scores(weights, x):
    return x @ weights.arrays["weights"].T + weights.arrays["intercepts"]


def parts_of(examples):
    return np.split(examples.inputs, [WIDTHS[0]], axis=1)


def test_its_scores_are_an_affine_map_of_the_mean(examples, fused):
    parts = [(train(replace(examples, inputs=x)), x) for x in parts_of(examples)]
    mean = np.mean([scores(weights, x) for weights, x in parts], axis=0)
    given = scores(fused, examples.inputs)
    columns = np.column_stack([mean, np.ones(len(mean))])
    fitted = columns @ np.linalg.lstsq(columns, given, rcond=None)[0]
    np.testing.assert_allclose(fitted, given, atol=1e-5)
    assert given.std() > 0.5


def test_it_is_better_on_speakers_left_out_than_either(examples, fused):
    alone = [train(replace(examples, inputs=x)).card["held_out_uar"] for x in parts_of(examples)]
    assert fused.card["held_out_uar"] > max(alone) + 0.03
    assert len(fused.card["C"]) == 2


def test_its_middle_has_the_neutral_scores(examples, fused):
    middle = scores(fused, fused.arrays["typical_mean"].astype(np.float64))
    np.testing.assert_allclose(middle, fused.arrays["neutral_scores"], atol=1e-5)


def test_known_speakers_are_answered_better_by_its_matrix(fused, examples):
    """Speakers whose mean is known and whose offsets are large, in both parts of the vector."""
    random = np.random.default_rng(2)
    matrix, neutral = fused.arrays["speaker_matrix"], fused.arrays["neutral_scores"]
    assert matrix.shape == (3, 4)
    codes = np.searchsorted(["a", "b", "c"], examples.labels)
    offset = random.normal(0, 3, sum(WIDTHS))
    given = scores(fused, examples.inputs + offset)
    known = (given - given.mean(axis=0) + neutral) @ matrix[:, :-1].T + matrix[:, -1]
    right = [(one.argmax(axis=1) == codes).mean() for one in (given, known)]
    assert right[1] > right[0] + 0.1


def test_other_vectors_are_refused(examples):
    with pytest.raises(ParameterError, match=r"vectors must have 1024 \+ 1024 entries, got 15"):
        BOTH.train(examples)
