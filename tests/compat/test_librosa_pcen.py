"""The drop-in's PCEN beside the installed librosa's: its values, its states, its neighbours."""

from __future__ import annotations

from typing import Any

import librosa
import numpy as np
import pytest

import serfast.compat.librosa as ours
from helpers import tolerances as tol
from helpers.librosa_calls import same_kind
from helpers.parity_report import Measured
from serfast import ParameterError

SHAPES = [(40, 60), (2, 3, 20, 30)]


def power(shape: tuple[int, ...], dtype: type = np.float64) -> np.ndarray:
    """Power over some 60 dB, and a silent stretch."""
    random = np.random.default_rng(4)
    made = 10 ** random.uniform(-4, 2, shape)
    made[..., 5:9] = 0
    return made.astype(dtype)


CALLS: list[dict[str, Any]] = [
    {},
    {"sr": 16000, "hop_length": 160, "time_constant": 0.06, "gain": 0.8, "bias": 10, "power": 0.25},
    {"power": 0},
    {"power": 1.5, "bias": 1e-3, "eps": 1e-12},
    {"b": 0.025},
    {"b": 1},
    {"gain": 0},
    {"axis": -2},
    {"max_size": 3, "max_axis": -2},
    {"max_size": 4, "max_axis": -2, "eps": 1e3},
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_values_are_librosas(
    dtype: type, shape: tuple[int, ...], call: dict[str, Any], measured: Measured
) -> None:
    S = power(shape, dtype)
    actual, zf = ours.pcen(S, **call, return_zf=True)
    expected, theirs = librosa.pcen(S, **call, return_zf=True)
    same_kind(actual, expected)
    same_kind(zf, theirs)
    error = np.abs(actual - expected).max() / np.abs(expected).max()
    measured.add(tol.PCEN, error, f"compat {call}")
    assert error <= tol.PCEN.limit
    np.testing.assert_allclose(zf, theirs, rtol=1e-12)
    assert np.ptp(actual) > 0
    assert np.array_equal(actual, ours.pcen(S, **call))


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_without_a_bias() -> None:
    S = power((40, 60))
    np.testing.assert_allclose(ours.pcen(S, bias=0), librosa.pcen(S, bias=0), rtol=1e-12)


def test_neighbours_along_either_axis_and_beyond_the_edges() -> None:
    S = power((5, 7))
    for axis in (0, 1, -1, -2):
        for size in (2, 3, 8, 11):
            actual = ours.pcen(S, axis=axis, max_size=size)
            expected = librosa.pcen(S, axis=axis, max_size=size)
            np.testing.assert_allclose(actual, expected, rtol=1e-12)


def test_blocks_that_hand_on_the_state_are_the_whole() -> None:
    S, ref = power((20, 50)), power((20, 50))[::-1]
    whole = ours.pcen(S, ref=ref)
    first, state = ours.pcen(S[:, :17], ref=ref[:, :17], return_zf=True)
    rest = ours.pcen(S[:, 17:], ref=ref[:, 17:], zi=state)
    assert np.array_equal(np.concatenate([first, rest], axis=1), whole)
    np.testing.assert_allclose(whole, librosa.pcen(S, ref=ref), rtol=1e-12)


@pytest.mark.filterwarnings("ignore:pcen was called on complex input")
def test_complex_values_count_by_their_magnitude() -> None:
    S = power((20, 10)) * np.exp(1j)
    np.testing.assert_allclose(ours.pcen(S), librosa.pcen(S), rtol=1e-12)


def test_one_channel() -> None:
    S = power((30,))
    np.testing.assert_allclose(ours.pcen(S), librosa.pcen(S), rtol=1e-12)


@pytest.mark.parametrize("shape", [(1,), (20, 2), (1, 20, 1)])
def test_a_state_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match=r"^zi must be an array of 2 axes"):
        ours.pcen(power((20, 10)), zi=np.zeros(shape))
