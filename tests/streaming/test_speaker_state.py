"""A speaker's state follows its formula, written anew here, and no error changes it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.adaptable import (
    BY_CLASS,
    NEUTRAL,
    SPEAKER_MATRIX,
    Knowing,
    Linear,
    Plain,
    softmax,
)
from serfast.errors import ModelError, ParameterError
from serfast.models.judge import Judge
from serfast.streaming.speaker_state import PRIOR, SpeakerState

JUDGE = Judge(Linear(), "linear")
SCORES = np.array([1.0, -2.0, 0.5]) + np.random.default_rng(0).normal(size=(20, 3))


def expected(heard: np.ndarray, weights: list[float], prior: float) -> np.ndarray:
    """The last utterance's probabilities: it counts in the mean, too."""
    weights = np.array(weights)
    n = weights.sum()
    mean = (weights[:, None] * heard).sum(axis=0) / n
    centre = (n * mean + prior * NEUTRAL) / (n + prior)
    return softmax(heard[-1] - centre + NEUTRAL)


@given(
    st.lists(st.floats(0.01, 3.0), min_size=1, max_size=len(SCORES)),
    st.sampled_from([0.1, 2.0, PRIOR, 1e6]),
)
@settings(max_examples=40)
def test_the_formula(weights, prior):
    state = SpeakerState(JUDGE, prior)
    for i, weight in enumerate(weights):
        probabilities = state.probabilities(SCORES[i], weight)
        wanted = expected(SCORES[: i + 1], weights[: i + 1], prior)
        assert probabilities == pytest.approx(wanted, abs=1e-12)
    assert state.moments.n == pytest.approx(sum(weights))


def test_scores_of_a_known_speaker_are_read_by_the_speaker_matrix():
    """It counts by the square of n / (n + prior)."""
    state = SpeakerState(Judge(Knowing(), "knowing"), 4.0)
    for n, scores in enumerate(SCORES, 1):
        share = n / (n + 4)
        adapted = scores - share * (SCORES[:n].mean(axis=0) - NEUTRAL)
        known = SPEAKER_MATRIX @ np.append(adapted, 1)
        wanted = softmax((1 - share**2) * adapted + share**2 * known)
        assert state.probabilities(scores) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("kind", [Linear, Knowing])
def test_without_anything_heard_it_changes_nothing(kind):
    state = SpeakerState(Judge(kind(), "linear"))
    for scores in SCORES:
        adapted = state.probabilities(scores, learn=False)
        assert np.array_equal(adapted, JUDGE.probabilities_at(scores))
    assert state.moments.n == 0
    assert state.moments.updated is None


def test_what_is_not_learned_is_judged_by_what_was_heard_before():
    state = SpeakerState(JUDGE, 2.0)
    for scores in SCORES[:4]:
        state.probabilities(scores)
    before = state.moments
    centre = (4 * SCORES[:4].mean(axis=0) + 2 * NEUTRAL) / 6
    adapted = state.probabilities(SCORES[4], learn=False)
    assert adapted == pytest.approx(softmax(SCORES[4] - centre + NEUTRAL), abs=1e-12)
    assert state.moments is before


def test_an_offset_of_the_channel_is_forgotten_in_the_end():
    """All answers of a speaker whose scores are shifted come to be those without the shift."""
    shift = np.array([5.0, -3.0, 0.0])
    centred = SCORES - SCORES.mean(axis=0) + NEUTRAL
    state = SpeakerState(JUDGE)
    for _ in range(500):
        for scores in centred + shift:
            state.probabilities(scores)
    adapted = [state.probabilities(scores + shift, learn=False) for scores in centred]
    assert np.array(adapted) == pytest.approx(np.array([softmax(s) for s in centred]), abs=0.01)


def test_enrolment_without_a_label_is_like_an_utterance():
    judged, enrolled = SpeakerState(JUDGE), SpeakerState(JUDGE)
    for scores in SCORES[:3]:
        judged.probabilities(scores, 0.5)
        enrolled.learn(scores, 0.5)
    assert np.array_equal(judged.moments.mean, enrolled.moments.mean)


def test_enrolment_with_a_label_counts_what_is_beyond_its_class():
    state = SpeakerState(JUDGE)
    for scores in SCORES[:3]:
        state.learn(scores, label="calm")
    wanted = SCORES[:3].mean(axis=0) - BY_CLASS[0] + NEUTRAL
    assert state.moments.mean == pytest.approx(wanted, abs=1e-12)


def test_calm_speech_that_is_like_the_trainings_changes_no_answer():
    state = SpeakerState(JUDGE)
    for _ in range(50):
        state.learn(BY_CLASS[0], label="calm")
    adapted = state.probabilities(SCORES[0], learn=False)
    assert adapted == pytest.approx(JUDGE.probabilities_at(SCORES[0]), abs=1e-12)


def test_reset_forgets():
    state = SpeakerState(JUDGE)
    first = [state.probabilities(scores) for scores in SCORES]
    assert state.moments.updated.endswith("Z")
    state.reset()
    assert state.moments.updated is None
    assert np.array_equal(first, [state.probabilities(scores) for scores in SCORES])


@pytest.mark.parametrize("prior", [0, -1.0, np.nan, np.inf, True, "10", None])
def test_prior_has_a_rule(prior):
    with pytest.raises(ParameterError, match="prior must be a finite number > 0"):
        SpeakerState(JUDGE, prior)


@pytest.mark.parametrize(
    ("weight", "label", "message"),
    [
        (0, None, "weight must be a finite number > 0"),
        (np.nan, None, "weight must be"),
        (1.0, "clam", "label must be one of 'calm', .*did you mean 'calm'"),
        (1.0, 3, "label must be"),
    ],
)
def test_a_bad_enrolment_changes_nothing(weight, label, message):
    state = SpeakerState(JUDGE)
    before = state.moments
    with pytest.raises(ParameterError, match=message):
        state.learn(SCORES[0], weight, label)
    assert state.moments is before


def test_a_label_needs_class_scores():
    linear = Linear()
    linear.class_scores = None
    state = SpeakerState(Judge(linear, "linear"))
    with pytest.raises(ParameterError, match="label must be None: the model of plugin 'linear'"):
        state.learn(SCORES[0], label="calm")
    state.learn(SCORES[0])


def test_an_error_of_the_plugin_changes_nothing():
    linear = Linear()
    state = SpeakerState(Judge(linear, "linear"))
    state.probabilities(SCORES[0])
    before = state.moments
    linear.probabilities = lambda scores: scores * np.nan
    with pytest.raises(ModelError, match="probabilities of plugin 'linear'"):
        state.probabilities(SCORES[1])
    assert state.moments is before


def test_a_classifier_that_isnt_adaptable_is_refused():
    with pytest.raises(ParameterError, match="plugin 'plain'"):
        SpeakerState(Judge(Plain(), "plain"))
