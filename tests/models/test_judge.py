"""A judge asks a classifier all that it offers; what a plugin gives wrongly is a ModelError."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.adaptable import BY_CLASS, NEUTRAL, SPEAKER_MATRIX, Knowing, Linear, Plain
from serfast.errors import ModelError, ParameterError
from serfast.models.judge import LARGEST, Judge, is_strange

X = np.array([0.1, 0.3])


def test_it_gives_what_the_classifier_gives():
    judge, linear = Judge(Linear(), "linear"), Linear()
    assert judge.classes == linear.classes
    assert np.array_equal(judge.neutral, NEUTRAL)
    assert np.array_equal(judge.class_scores, BY_CLASS)
    assert judge.certain_above == 0.62
    assert np.array_equal(judge.scores(X), linear.scores(X))
    assert np.array_equal(judge.probabilities(X), linear.predict_proba(X))
    assert np.array_equal(judge.probabilities_at(linear.scores(X)), linear.predict_proba(X))
    assert judge.strangeness(X) == 0.2


def test_a_classifier_without_either_has_no_doubts_and_cant_be_adapted():
    judge = Judge(Plain(), "plain")
    assert judge.neutral is judge.class_scores is judge.certain_above is None
    assert judge.strangeness(X) is None
    assert judge.reason(0.0, None) is None
    with pytest.raises(
        ParameterError, match=r"model must be with scores.*got one of plugin 'plain'"
    ):
        judge.check_adaptable()
    Judge(Linear(), "linear").check_adaptable()


def test_class_scores_are_optional():
    linear = Linear()
    linear.class_scores = None
    assert Judge(linear, "linear").class_scores is None


def test_a_speaker_matrix_is_optional():
    assert Judge(Linear(), "linear").speaker_matrix is None
    assert np.array_equal(Judge(Knowing(), "knowing").speaker_matrix, SPEAKER_MATRIX)


@pytest.mark.parametrize(
    ("probability", "strangeness", "reason"),
    [
        (0.41, 0.2, "probability 0.41 is below 0.62"),
        (0.6199, 0.2, "probability 0.6199 is below 0.6200"),
        (0.62 - 2e-9, 0.2, "probability 0.619999998 is below 0.620000000"),
        (0.62, 1.0, None),
        (0.99, 1.8, "unlike the training's speech (1.8)"),
        (0.99, 1.0004, "unlike the training's speech (1.0004)"),
        (0.1, 1.8, "unlike the training's speech (1.8)"),
        (0.99, None, None),
    ],
)
def test_reasons(probability, strangeness, reason):
    assert Judge(Linear(), "linear").reason(probability, strangeness) == reason


def test_a_result_has_them_all():
    judge = Judge(Linear(), "linear")
    result = judge.result(np.array([0.3, 0.5, 0.2]), 0.4)
    assert result.probabilities == {"calm": 0.3, "loud": 0.5, "shrill": 0.2}
    assert (result.label, result.strangeness) == ("loud", 0.4)
    assert result.reason == "probability 0.50 is below 0.62"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("neutral_scores", None),
        ("neutral_scores", NEUTRAL[:2]),
        ("neutral_scores", NEUTRAL.astype(int)),
        ("neutral_scores", NEUTRAL * np.nan),
        ("neutral_scores", NEUTRAL + 2 * LARGEST),
        ("class_scores", NEUTRAL),
        ("class_scores", BY_CLASS + np.inf),
        ("speaker_matrix", np.eye(3)),
        ("speaker_matrix", np.full((3, 4), np.nan)),
        ("certain_above", None),
        ("certain_above", "0.5"),
        ("certain_above", True),
        ("certain_above", np.nan),
        ("certain_above", 1.1),
        ("certain_above", -0.1),
    ],
)
def test_wrong_attributes_are_refused_when_the_model_is_loaded(name, value):
    linear = Linear()
    setattr(linear, name, value)
    with pytest.raises(ModelError, match=f"{name} of plugin 'linear' .* must be"):
        Judge(linear, "linear")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("scores", NEUTRAL[:2], "scores of plugin 'linear'"),
        ("scores", NEUTRAL * np.nan, "scores of plugin 'linear'"),
        ("scores", "text", "scores of plugin 'linear'"),
        ("strangeness", -0.1, "strangeness of plugin 'linear'"),
        ("strangeness", np.nan, "strangeness of plugin 'linear'"),
        ("strangeness", np.inf, "strangeness of plugin 'linear'"),
        ("strangeness", X, "strangeness of plugin 'linear'"),
        ("probabilities", NEUTRAL, "probabilities of plugin 'linear'"),
    ],
)
def test_wrong_answers_are_refused(name, value, message):
    linear = Linear()
    setattr(linear, name, lambda _: value)
    judge = Judge(linear, "linear")
    with pytest.raises(ModelError, match=message):
        getattr(judge, "probabilities_at" if name == "probabilities" else name)(X)


@pytest.mark.parametrize("name", ["scores", "strangeness", "probabilities"])
def test_what_a_plugin_raises_is_a_model_error_that_names_it(name):
    def fail(_):
        raise ZeroDivisionError("oh")

    linear = Linear()
    setattr(linear, name, fail)
    judge = Judge(linear, "linear")
    with pytest.raises(ModelError, match=f"'linear' .*failed in {name}: ZeroDivisionError: oh"):
        getattr(judge, "probabilities_at" if name == "probabilities" else name)(X)


def test_strange_is_above_one():
    assert [is_strange(s) for s in (None, 0.0, 1.0, 1.01)] == [False, False, False, True]
