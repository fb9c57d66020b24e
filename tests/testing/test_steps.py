"""What the shared checks say of classifiers that keep or break the contract of steps."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.plugin_stub import Averaging
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
