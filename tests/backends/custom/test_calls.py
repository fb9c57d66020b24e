"""A feature's function is called for one row: its outputs arrive, or nothing does."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.custom_features import from_c
from serfast.backends.custom.calls import guarded, python_call
from serfast.backends.custom.faults import GUARD

FRAME = np.array([0.5, -0.25, 0.125])


@serfast.feature_function(columns=("scaled", "last"))
def pair(frame, out, factor=2.0):
    out[0] = factor * frame[0]
    out[1] = frame[len(frame) - 1]


def test_the_arguments_are_found_by_their_names() -> None:
    out = np.zeros(2)
    python_call(pair(factor=3.0))({"frame": FRAME, "sample_rate": 16000.0}, out)
    assert out.tolist() == [1.5, 0.125]


def test_outputs_stay_as_they_were_if_the_function_raises() -> None:
    @serfast.feature_function(columns=("first", "second"))
    def raising(frame, out):
        out[0] = 1.0
        out[1] = 1.0 / (frame[0] - frame[0])

    out = np.array([7.0, 8.0])
    with pytest.raises(ArithmeticError):
        python_call(raising())({"frame": FRAME}, out)
    assert out.tolist() == [7.0, 8.0]


def test_a_native_functions_status_is_an_error() -> None:
    out = np.zeros(1)
    given = {"frame": FRAME, "spectrum": FRAME, "frequencies": FRAME, "sample_rate": 16000.0}
    with pytest.raises(ArithmeticError, match="status 5"):
        python_call(from_c(lambda *arguments: 5))(given, out)
    python_call(from_c(lambda *a: a[8].__setitem__(0, a[0][1] + a[1]) or 0))(given, out)
    assert out.tolist() == [2.75]


def write(out: np.ndarray, place: int) -> None:
    """Fill the outputs, and write beside them too."""
    with guarded(out, np.float64) as room:
        assert np.isnan(room).all()
        room[:] = 1
        room.base[GUARD + place] = 0


@pytest.mark.parametrize("place", [-GUARD, -1, 2, GUARD + 1])
def test_what_is_written_beside_the_outputs_is_noticed(place: int) -> None:
    out = np.array([7.0, 8.0])
    with pytest.raises(ArithmeticError, match="values outside of out"):
        write(out, place)
    assert out.tolist() == [7.0, 8.0]
    write(out, 1)
    assert out.tolist() == [1.0, 0.0]
