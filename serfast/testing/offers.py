"""What a classifier may offer beyond probabilities is checked here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np

from ..errors import ModelError, ParameterError
from ..models.bundle.bundle import Bundle
from ..models.classifier import Classifier
from ..models.judge import Judge
from ..models.plugin import Plugin, TakesBound, TakesSharpness, Weights
from ..models.scores import Adaptable, Doubting, sharpened
from .assertions import Inputs, equal, raises, require

__all__ = ["check_adaptable", "check_doubting", "check_takes_bound", "check_takes_sharpness"]

BOUND = 0.625
"""The bound that a plugin is tried with, which float32 holds exactly."""

SHARPNESS = 1.5
"""The sharpness that a plugin is tried with."""

TOLERANCE = 1e-6
"""Probabilities and those of the scores differ by at most this much."""


def check_adaptable(classifier: Classifier, inputs: Inputs) -> None:
    """Check that the probabilities are those of the scores, which have the same bits every time.

    Raises
    ------
    AssertionError
        If a rule is broken.
    """
    judge = _judge(classifier)
    require(judge.neutral is not None, "it must have neutral_scores")
    first = [judge.scores(x) for x in inputs]
    require(equal(first, [judge.scores(x) for x in inputs]), "scores must have the same bits")
    for x, scores in zip(inputs, first, strict=True):
        difference = np.abs(judge.probabilities_at(scores) - classifier.predict_proba(x)).max()
        require(
            difference <= TOLERANCE,
            f"predict_proba must be the probabilities of the scores, got {difference:g} away",
        )
    with raises(ParameterError, "scores of an empty input"):
        judge.scores(_empty(inputs))


def check_doubting(classifier: Classifier, inputs: Inputs) -> None:
    """Check that there is a strangeness for every input, the same every time.

    Raises
    ------
    AssertionError
        If a rule is broken.
    """
    judge = _judge(classifier)
    first = [judge.strangeness(x) for x in inputs]
    require(first == [judge.strangeness(x) for x in inputs], "strangeness must stay the same")
    if None in first:  # it can't tell, whatever the input is
        return
    with raises(ParameterError, "strangeness of an empty input"):
        judge.strangeness(_empty(inputs))


def check_takes_bound(plugin: TakesBound, bundle: Bundle) -> None:
    """Check that a classifier doubts by the bound that its weights were given.

    Raises
    ------
    AssertionError
        If it doesn't.
    """
    trained = Weights(arrays=bundle.arrays, files=bundle.files)
    weights = plugin.with_bound(trained, BOUND)
    given = replace(bundle, arrays=weights.arrays, files=weights.files)
    classifier = cast(Plugin, plugin).load(given)
    require(isinstance(classifier, Doubting), "with_bound must give a classifier that doubts")
    above = _judge(classifier).certain_above
    require(above == BOUND, f"certain_above must be the {BOUND} of with_bound, got {above}")


def check_takes_sharpness(plugin: TakesSharpness, bundle: Bundle, inputs: Inputs) -> None:
    """Check that a classifier's probabilities are as sharp as its weights were told.

    Raises
    ------
    AssertionError
        If they aren't, or scores and the means of scores don't go with them.
    """
    trained = Weights(arrays=bundle.arrays, files=bundle.files)
    weights = plugin.with_sharpness(trained, SHARPNESS)
    given = replace(bundle, arrays=weights.arrays, files=weights.files)
    before, after = (cast(Plugin, plugin).load(one) for one in (bundle, given))
    for x in inputs:
        wanted = sharpened(before.predict_proba(x), SHARPNESS)
        difference = np.abs(after.predict_proba(x) - wanted).max()
        require(
            difference <= TOLERANCE,
            f"with_sharpness must raise probabilities to its power, got {difference:g} away",
        )
    if isinstance(before, Adaptable):
        check_adaptable(after, inputs)
        means = [_judge(one).neutral for one in (before, after)]
        difference = np.abs(SHARPNESS * cast(Any, means[0]) - means[1]).max()
        require(
            difference <= TOLERANCE * max(1, float(np.abs(cast(Any, means[1])).max())),
            f"neutral_scores must be as many times as large, got {difference:g} away",
        )


def _judge(classifier: Classifier) -> Judge:
    try:
        return Judge(classifier, "checked")
    except ModelError as error:
        raise AssertionError(str(error)) from error


def _empty(inputs: Inputs) -> np.ndarray[Any, Any]:
    return np.asarray(inputs[0])[:0]
