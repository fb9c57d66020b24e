"""What the shared checks say of classifiers that keep or break the contract of steps."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.plugin_stub import Averaging, Doubtful
from serfast.models import DoubtingInSteps
from serfast.models.classifier import StreamingClassifier
from serfast.testing.checks import check_classifier

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.ZeroCrossingRate()])
ROWS = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
AVERAGING = Averaging(SPEC)


def test_the_contract_is_kept():
    assert isinstance(AVERAGING, StreamingClassifier)
    check_classifier(AVERAGING, [ROWS, ROWS[:31] + 1, ROWS[5:]])


class Off(Averaging):
    """The steps are of another model than the whole."""

    def step(self, rows, state):
        return super().step(rows + np.float32(1e-3), state)


class Shared(Averaging):
    """One state for all streams."""

    state = None

    def new_state(self):
        self.state = self.state or super().new_state()
        return self.state


class Greedy(Averaging):
    """Takes rows of any shape."""

    def step(self, rows, state):
        return super().step(np.resize(rows, (3, 2)), state)


class Spoiled(Averaging):
    """Bad rows have moved the state before they are refused."""

    def step(self, rows, state):
        if hasattr(state, "n") and np.shape(rows) != (3, 2):
            state.n += 1
        return super().step(rows, state)


class Late(Averaging):
    """A recording shorter than a step is judged by its first row, not by the last."""

    def predict_proba(self, x):
        return super().predict_proba(x if np.shape(x) != (2, 2) else x[:1])


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (Off, "steps must give what the rows so far give, got a difference"),
        (Shared, "portions of . change the bits"),
        (Greedy, "must raise ParameterError"),
        (Spoiled, "states must not touch, nor bad rows"),
        (Late, "a stream that ends after 2 rows"),
    ],
)
def test_the_contract_broken(broken, message):
    rising = np.sort(np.abs(ROWS), axis=0)
    with pytest.raises(AssertionError, match=message):
        check_classifier(broken(SPEC), [rising, rising + 1])


def test_strangeness_in_steps():
    assert isinstance(Doubtful(SPEC), DoubtingInSteps)
    assert not isinstance(AVERAGING, DoubtingInSteps)
    check_classifier(Doubtful(SPEC), [ROWS, ROWS[:31] + 1, ROWS[5:]])


class Behind(Doubtful):
    """It leaves the last step out."""

    def strangeness_so_far(self, state):
        return 10 / max(1, state.n - 1)


class Asked(Doubtful):
    """A question counts as a step."""

    def strangeness_so_far(self, state):
        found = super().strangeness_so_far(state)
        state.n += 1
        return found


class Trusting(Doubtful):
    """It takes any state."""

    def strangeness_so_far(self, state):
        return 10 / getattr(state, "n", 1)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (Behind, "strangeness so far must be that of the rows so far, got 10"),
        (Asked, "asking for the strangeness must leave the state alone"),
        (Trusting, "strangeness of a state of no classifier must raise ParameterError"),
    ],
)
def test_strangeness_in_steps_that_breaks_the_contract(broken, message):
    with pytest.raises(AssertionError, match=message):
        check_classifier(broken(SPEC), [ROWS, ROWS[:31] + 1])
