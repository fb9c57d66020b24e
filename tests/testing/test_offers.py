"""The checks of scores and doubts pass a good classifier and catch each way of being bad."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import serfast
from helpers.adaptable import NEUTRAL, Linear
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import Weights
from serfast.testing.checks import check_classifier
from serfast.testing.offers import check_takes_bound, check_takes_sharpness

INPUTS = np.array([[0.1, 0.3], [0.4, 0.2]])


def changed(**members) -> Linear:
    linear = Linear()
    linear.predict_proba = Linear().predict_proba
    for name, value in members.items():
        setattr(linear, name, value)
    return linear


def test_a_good_one_passes():
    check_classifier(Linear(), INPUTS)


DRAWS = iter(np.random.default_rng(0).random(1000))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"neutral_scores": np.zeros(2)}, "neutral_scores of plugin 'checked'"),
        ({"certain_above": 2.0}, "certain_above of plugin 'checked'"),
        ({"scores": lambda x: np.zeros(3)}, "probabilities of the scores, got 0"),
        ({"scores": lambda x: Linear().scores(x) + next(DRAWS)}, "same bits"),
        ({"strangeness": lambda x: next(DRAWS)}, "strangeness must stay the same"),
        ({"strangeness": lambda x: 0.5}, "strangeness of an empty input"),
    ],
)
def test_a_bad_one_is_caught(members, message):
    with pytest.raises(AssertionError, match=message):
        check_classifier(changed(**members), INPUTS)


def test_scores_that_take_anything_are_caught():
    linear = changed()
    safe = Linear().scores
    known = [safe(x) for x in INPUTS]
    linear.scores = lambda x: safe(x) if len(x) else known[0]
    with pytest.raises(AssertionError, match="scores of an empty input"):
        check_classifier(linear, INPUTS)


class Bounded:
    """Its classifier has the bound of its weights, if `offered` of it."""

    def __init__(self, offered):
        self.offered = offered

    def with_bound(self, weights, bound):
        return Weights(arrays={**weights.arrays, "bound": np.array(bound)})

    def load(self, bundle):
        return self.offered(float(bundle.arrays["bound"]))


BUNDLE = Bundle(
    plugin="bounded",
    classes=("calm", "rage"),
    spec=serfast.FeatureSpec(features=[serfast.RMS()]),
    statistics=serfast.Statistics(functionals=("mean",), deltas=0),
)


class Sharp(Linear):
    """Linear with probabilities to a power; `by` says how its scores and their mean follow."""

    def __init__(self, power: float, by: float) -> None:
        self.power, self.by = power, by
        self.neutral_scores = by * NEUTRAL

    def scores(self, x):
        return self.by * super().scores(x)

    def predict_proba(self, x):
        return self.probabilities(self.power * super().scores(x))


class Sharpening(Bounded):
    """Its classifier has the sharpness of its weights."""

    def with_sharpness(self, weights, sharpness):
        return Weights(arrays={**weights.arrays, "bound": np.array(sharpness)})


def test_a_sharpness_must_arrive():
    bundle = replace(BUNDLE, arrays={"bound": np.array(1.0)})
    check_takes_sharpness(Sharpening(lambda power: Sharp(power, power)), bundle, INPUTS)
    for power, by, message in [
        (1.0, 1.0, "with_sharpness must raise probabilities to its power"),
        (1.5, 1.0, "predict_proba must be the probabilities of the scores"),
    ]:
        wrong = Sharpening(lambda s, p=power, b=by: Sharp(*((1.0, 1.0) if s == 1 else (p, b))))
        with pytest.raises(AssertionError, match=message):
            check_takes_sharpness(wrong, bundle, INPUTS)


class Undecided:
    """It doubts nothing."""


def test_a_bound_must_arrive():
    check_takes_bound(Bounded(lambda bound: changed(certain_above=bound)), BUNDLE)
    with pytest.raises(AssertionError, match="with_bound must give a classifier that doubts"):
        check_takes_bound(Bounded(lambda bound: Undecided()), BUNDLE)
    with pytest.raises(AssertionError, match=r"certain_above must be the 0\.625 of with_bound"):
        check_takes_bound(Bounded(lambda bound: changed(certain_above=bound / 2)), BUNDLE)
