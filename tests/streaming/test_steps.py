"""Steps of a classifier with a state: the same for every division, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

import serfast
from helpers.chunks import divided, divisions
from helpers.plugin_stub import Averaging
from serfast.streaming.steps import Steps

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.ZeroCrossingRate()])
ROWS = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
AVERAGING = Averaging(SPEC)


def test_every_step_says_what_the_rows_so_far_say():
    found = Steps(AVERAGING).accept(ROWS)
    assert found.shape == (16, 2)
    means = ROWS[:48, 0].reshape(16, 3).max(axis=1).cumsum() / np.arange(1, 17)
    assert found[:, 1] == pytest.approx(1 / (1 + np.exp(-means)), abs=1e-6)
    assert found.sum(axis=1) == pytest.approx(np.ones(16))


@given(divisions(len(ROWS)))
def test_the_same_bits_for_every_division(cuts):
    steps = Steps(AVERAGING)
    parts = [steps.accept(part) for part in divided(ROWS, cuts)]
    assert np.array_equal(np.concatenate(parts), Steps(AVERAGING).accept(ROWS))
    assert steps.n_steps == 16


@pytest.mark.parametrize("n", [1, 2])
def test_less_than_a_step_is_judged_at_the_end_with_its_last_row_repeated(n):
    steps = Steps(AVERAGING)
    assert steps.accept(ROWS[:n]).shape == (0, 2)
    assert np.allclose(steps.flush(), AVERAGING.predict_proba(ROWS[:n])[None])
    assert steps.flush().shape == (0, 2)


def test_the_end_adds_nothing_after_a_step():
    steps = Steps(AVERAGING)
    steps.accept(ROWS[:4])
    assert steps.flush().shape == (0, 2)
    with pytest.raises(serfast.SerfastError, match="reset"):
        steps.accept(ROWS)
    steps.reset()
    assert np.array_equal(steps.accept(ROWS), Steps(AVERAGING).accept(ROWS))


@pytest.mark.parametrize("bad", [np.full((2, 2), np.nan), np.zeros((2, 3)), np.zeros(2), None, "x"])
def test_bad_rows_are_as_if_they_hadnt_come(bad):
    steps = Steps(AVERAGING)
    first = steps.accept(ROWS[:10])
    with pytest.raises(serfast.ParameterError, match="rows must be"):
        steps.accept(bad)
    found = np.concatenate([first, steps.accept(ROWS[10:])])
    assert np.array_equal(found, Steps(AVERAGING).accept(ROWS))


def test_rows_that_are_overwritten_afterwards_were_kept():
    steps, buffer = Steps(AVERAGING), ROWS[:2].copy()
    steps.accept(buffer)
    buffer[:] = 9
    assert np.array_equal(steps.accept(ROWS[2:3]), Steps(AVERAGING).accept(ROWS[:3]))


class Failing(Averaging):
    def step(self, rows, state):
        if state.n == 2:
            raise ValueError("no third step")
        return super().step(rows, state)


def test_a_step_that_fails_names_the_plugin_and_asks_for_a_reset():
    steps = Steps(Failing(SPEC), "odd")
    with pytest.raises(serfast.ModelError, match=r"'odd' .* failed in step: ValueError: no third"):
        steps.accept(ROWS)
    with pytest.raises(serfast.SerfastError, match="reset"):
        steps.accept(ROWS[:1])
    assert steps.flush().shape == (0, 2)
    steps.reset()
    assert len(steps.accept(ROWS[:6])) == 2
