"""Each user's function is tried here when an Extractor is made, so that it fails early.

Built-in features are trusted and aren't tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ... import _checks as checks
from ...features.arguments import NativeFunction
from ...features.computed import Function
from ...forking import forks_wait
from ...program.rows import Computed, Program, Track
from ..custom.calls import Call, Given, native_call, python_call
from ..custom.compiling import Callback, compiled
from .inputs import inputs_of, window_of

__all__ = ["callbacks_for", "try_in_python", "try_out"]

Array = np.ndarray[Any, np.dtype[np.float64]]

SQUARE_PERIOD = 32
"""The period of the square wave has this many samples."""

COLUMN = 1.0
"""A function gets this value for every column of the row that it reads."""

MAX_ROWS = 512
"""A track is tried on this many rows at most."""


def callbacks_for(nodes: list[Computed | Track]) -> dict[Function, Callback]:
    """Give the callbacks of these nodes; functions that aren't built in are tried.

    Raises
    ------
    ParameterError
        If a function fails in the trial (see :func:`try_out`) or can't be compiled.
    BackendError
        If a function must be compiled and Numba is missing.
    """
    callbacks: dict[Function, Callback] = {}
    for node in nodes:
        callbacks[node.feature] = compiled(node.feature)
        if not node.trusted:
            try_out(node, native_call(node.feature, callbacks[node.feature]))
    return callbacks


def try_in_python(program: Program) -> None:
    """Try the functions that aren't built in, as plain Python."""
    for node in program.functions:
        if not node.trusted:
            try_out(node, python_call(node.feature))


def try_out(node: Computed | Track, call: Call) -> None:
    """Call the function once for silence, noise, a square wave and an impulse, at full scale.

    Raises
    ------
    ParameterError
        If it raises, writes outside of `out`, leaves a column unwritten, or gives NaN or infinity.
    """
    compute = f"compute of {type(node.feature).__name__}"
    trial = _track_inputs(node) if isinstance(node, Track) else _trial_inputs(node)
    for name, given in trial:
        out = np.full(len(node.feature.columns), np.nan, dtype=np.float32)
        try:
            call(given, out)
        except Exception as error:
            reason = _reason(node.feature, given, error)
            checks.refuse(compute, "a function that doesn't fail", f"{reason} for {name}")
        if not np.isfinite(out).all():
            column = int(np.argmin(np.isfinite(out)))
            value = f"{out[column]} in {node.feature.columns[column]!r} for {name}"
            checks.refuse(compute, "a function that gives a finite number for each column", value)


def _trial_inputs(node: Computed) -> Iterator[tuple[str, Given]]:
    previous: Array | None = None
    columns = dict.fromkeys(node.feature.reads, COLUMN)
    for name, samples in _trial_signals(node.frames.length):
        given = inputs_of(node, samples, previous)
        previous = given.get("spectrum")
        yield name, {**given, **columns}


def _track_inputs(node: Track) -> Iterator[tuple[str, Given]]:
    n_columns = sum(source.stop - source.start for source in node.sources)
    n_rows = min(2 * (node.back + node.ahead) + 3, MAX_ROWS)
    for name, values in _trial_signals(n_rows * n_columns):
        rows = values.reshape(n_rows, n_columns)
        state = node.initial_state.copy()
        for k in range(node.passes):
            if node.passes > 1:
                state[0] = k
            for t in range(n_rows):
                yield name, window_of(node, rows, t, state)


def _trial_signals(length: int) -> Iterator[tuple[str, Array]]:
    yield "silence", np.zeros(length)
    with forks_wait:
        from numpy.random import default_rng  # heavy: 10 ms, for functions of one's own only

        noise = default_rng(0).uniform(-1, 1, length)
    yield "noise", noise
    yield "a square wave", np.where(np.arange(length) // (SQUARE_PERIOD // 2) % 2, -1.0, 1.0)
    yield "an impulse", np.where(np.arange(length) == length // 2, 1.0, 0.0)


def _reason(feature: Function, given: Given, error: Exception) -> str:
    """Give the reason of a failure; it calls the plain function, as a compiled one gives none."""
    from_elsewhere = isinstance(type(feature).compute, NativeFunction)
    if isinstance(error, ArithmeticError) and not from_elsewhere:
        out = np.full(len(feature.columns), np.nan, dtype=np.float32)
        try:
            python_call(feature)(given, out)
        except Exception as cause:
            error = cause
    return f"{type(error).__name__}: {error}"
