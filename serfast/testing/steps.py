"""A classifier with a state is checked here, step by step, for :mod:`serfast.testing`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import numpy as np

from ..errors import ParameterError
from ..models.classifier import StreamingClassifier
from ..models.scores import Doubting, DoubtingInSteps
from ..streaming.steps import Steps
from .assertions import THREADS, Inputs, equal, raises, require

__all__ = ["check_streaming"]

STEP_TOLERANCE = 1e-5
"""Probabilities after steps may differ this much from those of all rows at once."""


def check_streaming(classifier: StreamingClassifier, inputs: Inputs) -> None:
    """Check that a classifier with a state keeps its contract, or raise AssertionError."""
    stride = classifier.stride
    require(classifier.input == "rows", "a classifier that goes step by step must take rows")
    require(type(stride) is int and stride >= 1, f"stride is {stride!r}")
    few = [np.asarray(x, np.float32) for x in inputs[:4]]
    expected = [Steps(classifier).accept(x) for x in few]
    for x, after in zip(few, expected, strict=True):
        require(len(after) == len(x) // stride, f"{len(x)} rows gave {len(after)} steps")
        whole = [classifier.predict_proba(x[: (i + 1) * stride]) for i in range(len(after))]
        require_close(after, whole, "steps must give what the rows so far give")
        for size in {1, stride, stride + 1, 2 * stride + 3}:
            steps = Steps(classifier)
            parts = [steps.accept(x[i : i + size]) for i in range(0, len(x), size)]
            require(equal(after, np.concatenate(parts)), f"portions of {size} change the bits")
        for n in {1, stride - 1, len(x)} - {0}:
            require_close(
                [_at_end(classifier, x[:n])],
                [classifier.predict_proba(x[:n])],
                f"a stream that ends after {n} rows must give what they give",
            )
    with ThreadPoolExecutor(THREADS) as pool:
        runs = list(pool.map(lambda x: Steps(classifier).accept(x), few * 8))
    require(equal(expected * 8, runs), "threads must not change the bits of steps")
    _check_states(classifier, few[0], few[1])
    if isinstance(classifier, DoubtingInSteps):
        _check_strangeness(classifier, few)


def _check_strangeness(classifier: StreamingClassifier, inputs: Inputs) -> None:
    """Check that after steps a stream is as strange as its rows so far, at any time."""
    doubting, stride = cast(DoubtingInSteps, classifier), classifier.stride
    for x in inputs:
        state = classifier.new_state()
        for stop in range(stride, len(x) + 1, stride):
            classifier.step(x[stop - stride : stop], state)
            given = [doubting.strangeness_so_far(state) for _ in range(2)]
            whole = cast(Doubting, classifier).strangeness(x[:stop])
            near = given[0] == whole or bool(np.isclose(given[0], whole, STEP_TOLERANCE, 0))  # type: ignore[arg-type]
            require(near, f"strangeness so far must be that of the rows so far, got {given[0]}")
            require(given[0] == given[1], "asking for the strangeness must leave the state alone")
    with raises(ParameterError, "strangeness of a state of no classifier"):
        doubting.strangeness_so_far(object())


def _at_end(classifier: StreamingClassifier, rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Give the probabilities at the end of a stream of these rows."""
    steps = Steps(classifier)
    probabilities = np.concatenate([steps.accept(rows), steps.flush()])
    return np.asarray(probabilities[-1])


def _check_states(
    classifier: StreamingClassifier, a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]
) -> None:
    """Check that two states don't influence each other, even if one of them gets bad rows."""
    stride = classifier.stride
    n_steps = min(len(a), len(b)) // stride
    require(n_steps >= 2, f"inputs must be of at least {2 * stride} rows")
    expected = [Steps(classifier).accept(x[: n_steps * stride]) for x in (a, b)]
    states = [classifier.new_state() for _ in expected]
    for i in range(n_steps):
        part = slice(i * stride, (i + 1) * stride)
        _check_bad_steps(classifier, a[part], states[0])
        for x, state, before in zip((a, b), states, expected, strict=True):
            after = classifier.step(x[part], state)
            require(bool(np.array_equal(after, before[i])), "states must not touch, nor bad rows")


def _check_bad_steps(
    classifier: StreamingClassifier, rows: np.ndarray[Any, Any], state: Any
) -> None:
    poisoned = rows.copy()
    poisoned.flat[-1] = np.nan
    for bad, what in (
        (poisoned, "a step with NaN"),
        (np.concatenate([rows, rows]), "a step of more rows"),
        (rows[:, :-1], "a step of fewer columns"),
        (None, "a step of None"),
    ):
        with raises(ParameterError, what):
            classifier.step(bad, state)  # type: ignore[arg-type]
    with raises(ParameterError, "a state of no classifier"):
        classifier.step(rows, object())


def require_close(a: Inputs, b: Inputs, message: str) -> None:
    """Require that two lists of probabilities agree within STEP_TOLERANCE."""
    worst = max((float(np.abs(x - y).max()) for x, y in zip(a, b, strict=True)), default=0.0)
    require(worst <= STEP_TOLERANCE, f"{message}, got a difference of {worst:.2g}")
