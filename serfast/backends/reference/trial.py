"""A trial of each function of one's own, when an Extractor is made: what fails, fails then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ... import _checks as checks
from ...features.arguments import NativeFunction
from ...features.custom import CustomFeature
from ...program.rows import Custom, Program, Spectrum, bin_frequencies
from ..custom.compiling import Call, Callback, Inputs, compiled, native_call, python_call
from .spectrum import power_spectrum

__all__ = ["tried_callbacks", "try_out"]

Array = np.ndarray[Any, np.dtype[np.float64]]

SQUARE_PERIOD = 32
"""Samples."""


def tried_callbacks(program: Program) -> dict[CustomFeature, Callback]:
    """The functions of all features of one's own, compiled and tried; see :func:`try_out`."""
    found = {}
    for node, spectrum in program.all_customs:
        found[node.feature] = callback = compiled(node.feature)
        try_out(node, spectrum, native_call(node.feature, callback))
    return found


def try_out(node: Custom, spectrum: Spectrum | None, call: Call) -> None:
    """Call the function for silence, noise, a square wave and an impulse, at full scale.

    Raises
    ------
    ParameterError
        If it raises, writes outside of `out`, leaves a column unwritten, or gives NaN or infinity.
    """
    compute = f"compute of {type(node.feature).__name__}"
    for name, inputs in _trial_inputs(node, spectrum):
        out = np.full(len(node.feature.columns), np.nan, dtype=np.float32)
        try:
            call(inputs, out)
        except Exception as error:
            reason = _reason(node, inputs, error)
            checks.refuse(compute, "a function that doesn't fail", f"{reason} for {name}")
        if not np.isfinite(out).all():
            column = int(np.argmin(np.isfinite(out)))
            found = f"{out[column]} in {node.feature.columns[column]!r} for {name}"
            checks.refuse(compute, "a function that gives a finite number for each column", found)


def _trial_inputs(node: Custom, spectrum: Spectrum | None) -> Iterator[tuple[str, Inputs]]:
    previous: Array | None = None
    for name, samples in _trial_frames(node.frames.length):
        frame = _float32(node.scale * samples)
        if spectrum is None:
            yield name, Inputs(frame, node.sample_rate)
            continue
        power = power_spectrum(samples[np.newaxis], spectrum)[0]
        spectra = (_float32(power), _float32(power if previous is None else previous))
        yield name, Inputs(frame, node.sample_rate, *spectra, _float32(bin_frequencies(node)))
        previous = power


def _float32(values: Array) -> np.ndarray[Any, np.dtype[np.float32]]:
    """As the engine gives them: rounded, and read-only."""
    rounded = values.astype(np.float32)
    rounded.setflags(write=False)
    return rounded


def _trial_frames(length: int) -> Iterator[tuple[str, Array]]:
    yield "silence", np.zeros(length)
    yield "noise", np.random.default_rng(0).uniform(-1, 1, length)
    yield "a square wave", np.where(np.arange(length) // (SQUARE_PERIOD // 2) % 2, -1.0, 1.0)
    yield "an impulse", np.where(np.arange(length) == length // 2, 1.0, 0.0)


def _reason(node: Custom, inputs: Inputs, error: Exception) -> str:
    """What went wrong; a compiled function doesn't say, so that Python is asked again."""
    given = isinstance(type(node.feature).compute, NativeFunction)
    if isinstance(error, ArithmeticError) and not given:
        out = np.full(len(node.feature.columns), np.nan, dtype=np.float32)
        try:
            python_call(node.feature)(inputs, out)
        except Exception as cause:
            error = cause
    return f"{type(error).__name__}: {error}"
