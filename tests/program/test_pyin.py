"""The tables of pYIN beside what librosa makes for the same parameters."""

from __future__ import annotations

from typing import Any

import librosa
import numpy as np
import pytest
import scipy.stats

from serfast import ParameterError
from serfast.program.pyin import LOG_OF_NOTHING, PyinTables, banded_transitions

PARAMETERS: dict[str, Any] = {
    "frame_length": 512,
    "hop_length": 160,
    "min_lag": 20,
    "max_lag": 200,
    "n_thresholds": 100,
    "beta_parameters": (2.0, 18.0),
    "boltzmann_parameter": 2.0,
    "no_trough_prob": 0.01,
    "n_states": 60,
    "width": 11,
    "switch_prob": 0.01,
    "transition_min_prob": None,
}


def dense(band: np.ndarray) -> np.ndarray:
    """The matrix [from, to] of a band [k, to]."""
    width, n = band.shape
    matrix = np.zeros((n, n))
    for k in range(width):
        for j in range(n):
            if 0 <= j - width // 2 + k < n:
                matrix[j - width // 2 + k, j] = band[k, j]
    return matrix


@pytest.mark.parametrize(
    ("n", "width"),
    [(60, 11), (61, 11), (385, 41), (60, 12), (61, 12), (11, 11), (12, 12), (5, 1), (2, 2)],
)
def test_transitions_are_librosas_to_the_last_bit(n: int, width: int) -> None:
    expected = librosa.sequence.transition_local(n, width, window="triangle", wrap=False)
    assert np.array_equal(dense(banded_transitions(n, width)), expected)


def test_moves_are_logarithms_of_librosas_matrix() -> None:
    path = PyinTables(**PARAMETERS).program().path
    local = librosa.sequence.transition_local(60, 11, window="triangle")
    both = np.kron(librosa.sequence.transition_loop(2, 0.99), local)
    expected = np.log(both + np.finfo(float).tiny)
    there = dense(np.ones((11, 60))) == 1
    assert np.array_equal(dense(path.stay)[there], expected[:60, :60][there])
    assert np.array_equal(dense(path.turn)[there], expected[:60, 60:][there])
    assert np.all(expected[:60, :60][~there] == path.far)
    assert path.far == path.missing == LOG_OF_NOTHING
    assert (path.first, path.start) == (-5, np.log(1 / 120))


def test_rare_moves_are_left_out() -> None:
    program = PyinTables(**{**PARAMETERS, "transition_min_prob": 1e-3}).program()
    assert program.path.far == -np.inf
    assert np.isfinite(program.path.stay[:, 30]).all()
    # a switch has 0.01 of 1, 2, … 6, … 1 thirty-sixths: 4, 5 and 6 of them are above 0.001
    assert np.isfinite(program.path.turn[:, 30]).sum() == 5
    with pytest.raises(ParameterError, match=r"^transition_min_prob must be None or <= 0\.1"):
        PyinTables(**{**PARAMETERS, "transition_min_prob": 0.4}).program()


def test_candidates_tables() -> None:
    tables = PyinTables(**PARAMETERS).program().candidates
    grid = np.linspace(0, 1, 101)
    assert np.array_equal(tables.thresholds, grid[1:])
    prior = np.diff(scipy.stats.beta.cdf(grid, 2, 18))
    np.testing.assert_allclose(tables.prior, prior, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(tables.below[1:], prior.cumsum(), rtol=1e-12)
    np.testing.assert_allclose(tables.below + tables.above, 1, rtol=1e-12)
    for n in (1, 2, 9, 91):
        weights = tables.decay[:n] * tables.share[n]
        assert np.array_equal(weights, scipy.stats.boltzmann.pmf(np.arange(n), 2.0, n))
