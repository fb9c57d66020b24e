"""The path of F0: all paths tried one by one, on candidates made up at random."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

import serfast
from serfast.errors import ParameterError

ROW_RATE = 100.0
N, ROWS = 3, 5


def made_up(seed: int) -> np.ndarray:
    """Rows of three candidates: frequencies, strengths, a level."""
    random = np.random.default_rng(seed)
    f0 = -np.sort(-np.exp(random.uniform(np.log(60), np.log(500), (ROWS, N))))
    strength = random.uniform(0.2, 0.8, (ROWS, N))
    f0[2, 2] = strength[2, 2] = 0  # a row with fewer
    return np.column_stack([f0, strength, random.uniform(-40, -15, ROWS)]).astype(np.float32)


def run(rows: np.ndarray, lag: int) -> np.ndarray:
    """What `compute` gives for each row, when it is called as engines call it."""
    feature = serfast.F0Path(serfast.F0Candidates(n_candidates=N), lag=lag)
    state, result = np.zeros(feature.state_size), np.zeros((len(rows), 4), np.float32)
    for t in range(len(rows)):
        feature.compute(rows[t : t + lag + 1], 0, state, ROW_RATE, lag, result[t])
    return result


def relative_levels(level: np.ndarray) -> np.ndarray:
    """Each level over the loudest row up to it, or over 20 dB above the quietest."""
    relative = []
    for t in range(len(level)):
        since = (t - np.arange(t + 1)) / ROW_RATE
        loudest = max(level[: t + 1] - 6 * since)
        quietest = min(level[: t + 1] + 10 * since)
        relative.append(level[t] - max(loudest, quietest + 20))
    return np.maximum(relative, -40)


def worth(rows: np.ndarray, path: tuple[int, ...]) -> float:
    """The worth of a path, by the formula; no row is certain, so there is no doubt."""
    f0, strength = rows[:, :N].astype(float), rows[:, N : 2 * N].astype(float)
    level = relative_levels(rows[:, -1].astype(float))
    p = 1 / (1 + np.exp(1 - 7 * strength.max(axis=1) - 0.2 * level))
    total = 0.0
    for t, k in enumerate(path):
        s = strength[t, k]
        value = s**2.5 + 0.01 * np.log2(f0[t, k]) if s > 0 else -1
        total += p[t] * value * (10 / 15)
    for t, (j, k) in enumerate(pairwise(path)):
        if f0[t, j] > 0 and f0[t + 1, k] > 0:
            jump = abs(np.log2(f0[t + 1, k] / f0[t, j]))
            total -= 0.4 * min(p[t], p[t + 1]) * max(jump - 13 / ROW_RATE, 0)
    return total


@pytest.mark.parametrize("seed", range(12))
def test_it_is_the_best_of_all_paths(seed: int) -> None:
    rows = made_up(seed)
    best = max(product(range(N), repeat=ROWS), key=lambda path: worth(rows, path))
    expected = np.array([rows[t, k] for t, k in enumerate(best)])
    np.testing.assert_array_equal(run(rows, ROWS)[:, 0], expected)


@pytest.mark.parametrize("lag", [0, 2])
def test_a_row_is_decided_by_the_rows_up_to_its_lag(lag: int) -> None:
    """As the end of the best path through them."""
    for seed in range(6):
        rows = made_up(seed)
        found = run(rows, lag)[:, 0]
        for t in range(ROWS):
            n = min(t + lag + 1, ROWS)
            best = max(product(range(N), repeat=n), key=lambda path: worth(rows, path))
            assert found[t] == rows[t, best[t]]


def test_the_columns_are_of_the_chosen_candidate() -> None:
    rows = made_up(1)
    f0, octaves, strength, level = run(rows, 0).T
    np.testing.assert_allclose(octaves, np.log2(f0), rtol=1e-6)
    chosen = [int(np.argmin(np.abs(rows[t, :N] - f0[t]))) for t in range(ROWS)]
    np.testing.assert_array_equal(strength, rows[np.arange(ROWS), N + np.array(chosen)])
    np.testing.assert_allclose(level, relative_levels(rows[:, -1].astype(float)), atol=1e-5)


def test_an_uncertain_row_keeps_to_the_voices_range() -> None:
    """After 0.3 s at 110 Hz, a weak row takes 120 Hz rather than a slightly stronger 450 Hz."""
    certain = [450.0, 110.0, 0.0, 0.3, 0.95, 0.0, -20.0]
    pause = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -60.0]
    weak = [450.0, 120.0, 0.0, 0.55, 0.5, 0.0, -22.0]
    for before, expected in (([certain] * 30, 120.0), ([], 450.0)):
        rows = np.array([pause, *before, pause, pause, weak, weak], np.float32)
        assert run(rows, 1)[-1, 0] == expected


def test_rows_without_candidates_are_zero() -> None:
    rows = np.array([[0, 0, 0, 0, 0, 0, -90]] * 4, np.float32)
    assert (run(rows, 2)[:, :3] == 0).all()


@pytest.mark.parametrize(
    ("feature", "fields", "rule"),
    [
        (serfast.F0Candidates(), {"lag": -1}, "lag must be"),
        (serfast.F0Candidates(), {"lag": 601}, "lag must be"),
        (serfast.RMS(), {}, "feature must be F0Candidates"),
    ],
)
def test_what_cant_be_is_refused(feature: Any, fields: dict[str, Any], rule: str) -> None:
    with pytest.raises(ParameterError, match=rule):
        serfast.F0Path(feature, **fields)
