"""What a function of one's own does wrong on a trial is said when the extractor is made."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.custom_features import BACKENDS, poke, spec_of
from serfast.errors import ParameterError


def reads_beyond(frame, out):
    out[0] = frame[len(frame)]


def writes_beyond(frame, out):
    out[1] = frame[0]


def writes_before(frame, out):
    out[-2] = 0.0


def pokes_beyond(frame, out):
    out[0] = 1.0
    poke(out, len(out))


def pokes_before(frame, out):
    out[0] = 1.0
    poke(out[-1:], -2)


def raises(frame, out):
    out[0] = 1.0
    if frame[0] == 0:
        raise ValueError("silence isn't welcome")


def divides(frame, out):
    out[0] = 1 / frame.sum()


def gives_nan(frame, out):
    out[0] = np.nan


def gives_infinity(frame, out):
    out[0] = np.inf


def writes_nothing(frame, out):
    pass


def writes_sometimes(frame, out):
    if abs(frame[0]) > 0.5:
        out[0] = 1.0


def wants_too_much(frame, out):
    out[0] = np.zeros(int(1e15 + frame[0]))[5]


TRIALS = [
    (reads_beyond, "IndexError: index .* for silence"),
    (writes_beyond, "IndexError: index 1 is out of bounds .* for silence"),
    (writes_before, "IndexError: index -2 is out of bounds .* for silence"),
    (raises, "ValueError: silence isn't welcome for silence"),
    (divides, "Error: .*divi.* for silence"),
    (gives_nan, "finite number for each column, got nan in 'gives_nan' for silence"),
    (gives_infinity, "finite number for each column, got inf in 'gives_infinity' for silence"),
    (writes_nothing, "finite number for each column, got nan in 'writes_nothing' for silence"),
    (writes_sometimes, "finite number for each column, got nan in 'writes_sometimes' for silence"),
    (wants_too_much, "MemoryError"),
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("function", "message"), TRIALS, ids=[f.__name__ for f, _ in TRIALS])
def test_what_fails_on_a_trial_is_said_at_construction(function, message, backend) -> None:
    feature = serfast.feature_function(function)()
    with pytest.raises(ParameterError, match=f"compute of {function.__name__} .*{message}"):
        serfast.Extractor(spec_of(feature), backend=backend)
    with pytest.raises(ParameterError, match=message):
        serfast.Extractor(spec_of(serfast.RMS(), serfast.Delta(feature)), backend=backend)


@pytest.mark.parametrize("function", [pokes_beyond, pokes_before])
def test_an_unchecked_write_beside_out_is_noticed(function) -> None:
    with pytest.raises(ParameterError, match="values outside of out for silence"):
        serfast.Extractor(spec_of(serfast.feature_function(function)()))
