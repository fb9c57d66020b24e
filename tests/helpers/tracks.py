"""The tests share these tracks; each has its formula in NumPy beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

import serfast
from helpers import signals
from helpers.custom_features import BACKENDS, COMPILED
from serfast.features import Feature, Track

HOP = 40
Y = signals.noise(4000, seed=3) * np.repeat([1, 0.2, 1.6, 0.3, 1.2], 800).astype(np.float32)
"""Noise that is loud and quiet in turns."""
every_backend = pytest.mark.parametrize("backend", BACKENDS)
compiled = pytest.mark.parametrize("backend", COMPILED)


@dataclass(frozen=True, kw_only=True)
class Smoothed(Track):
    """A leaky integrator of every column: as many numbers of state, and one for the beginning."""

    share: float = 0.9

    @property
    def state_size(self):
        return 1 + len(self.feature.columns)

    @property
    def columns(self):
        return tuple(f"{self.name or 'smooth'}_{column}" for column in self.feature.columns)

    @staticmethod
    def compute(rows, place, state, share, out):
        for i in range(len(out)):
            before = state[1 + i] if state[0] else rows[place, i]
            state[1 + i] = share * before + (1 - share) * rows[place, i]
            out[i] = state[1 + i]
        state[0] = 1


def smoothed_rows(x: np.ndarray, share: float = 0.9) -> np.ndarray:
    made = [x[0]]
    for row in x[1:]:
        made.append(share * made[-1] + (1 - share) * row)
    return np.array(made)


@dataclass(frozen=True, kw_only=True)
class Look(Track):
    """Of the first column: mean of the rows looked at, the last of them, and how many there are."""

    outputs: ClassVar = ("mean", "last", "n")

    back: int = 2
    ahead: int = 3
    whole_window: bool = False

    @staticmethod
    def compute(rows, place, row_rate, out):
        total = 0.0
        for i in range(len(rows)):
            total += rows[i, 0]
        out[0] = total / len(rows)
        out[1] = rows[len(rows) - 1, 0]
        out[2] = len(rows) + 1000 * place + 0 * row_rate


def look_rows(x: np.ndarray, back: int, ahead: int) -> np.ndarray:
    made = []
    for t in range(len(x)):
        begin = max(t - back, 0)
        window = x[begin : t + ahead + 1, 0]
        made.append([window.mean(), window[-1], len(window) + 1000 * (t - begin)])
    return np.array(made)


@dataclass(frozen=True, kw_only=True)
class Beside(Track):
    """Of two features: the largest column of each, and how many columns there are.

    `first` says which column is the first one of the other feature.
    """

    outputs: ClassVar = ("left", "right", "width")

    other: Feature
    first: int = 1

    @staticmethod
    def compute(rows, place, first, out):
        out[0], out[1] = rows[place, 0], rows[place, first]
        for i in range(rows.shape[1]):
            k = 0 if i < first else 1
            out[k] = max(out[k], rows[place, i])
        out[2] = rows.shape[1]


@dataclass(frozen=True, kw_only=True)
class Switch(Track):
    """Which of two levels a column is at: Viterbi's path of least cost, decided `lag` rows later.

    A row costs its distance to the level of its state, and each change of state costs `change`.
    `state` holds: the costs of the best paths to both states, how many rows they have seen, which
    row is decided next, and, of the last lag + 1 rows, from where the best paths came.
    """

    outputs: ClassVar = ("switch",)

    low: float = 0.05
    high: float = 0.15
    change: float = 0.1
    lag: int = 20

    @property
    def ahead(self):
        return self.lag

    @property
    def state_size(self):
        return 4 + 2 * (self.lag + 1)

    @staticmethod
    def compute(rows, place, state, low, high, change, lag, out):
        row = int(state[3])
        seen = row + len(rows) - place
        for r in range(int(state[2]), seen):
            x = rows[place + r - row, 0]
            cheapest0, cheapest1 = state[0], state[1]
            came = 4 + 2 * (r % (lag + 1))
            state[came], state[came + 1] = 0, 1
            if r > 0 and cheapest1 + change < cheapest0:
                state[came], state[0] = 1, cheapest1 + change
            if r > 0 and cheapest0 + change < cheapest1:
                state[came + 1], state[1] = 0, cheapest0 + change
            state[0] += abs(x - low)
            state[1] += abs(x - high)
        state[2] = seen
        best = 1 if state[1] < state[0] else 0
        for r in range(seen - 1, row, -1):
            best = int(state[4 + 2 * (r % (lag + 1)) + best])
        state[3] = row + 1
        out[0] = best


def whole_path(x: np.ndarray, low: float = 0.05, high: float = 0.15, change: float = 0.1):
    """Give the path of least cost over all rows, by dynamic programming over the recording."""
    costs = np.abs(x[:, np.newaxis] - [low, high])
    moves = change * (1 - np.eye(2))  # from, to
    total, came = costs[0], []
    for cost in costs[1:]:
        ways = total[:, np.newaxis] + moves
        came.append(ways.argmin(axis=0))
        total = ways.min(axis=0) + cost
    path = [int(total.argmin())]
    for step in reversed(came):
        path.append(int(step[path[-1]]))
    return np.array(path[::-1])


def loudness(**arguments: object) -> serfast.RMS:
    """Give a root mean square over short frames."""
    return serfast.RMS(**{"frame_length": 64, **arguments})


def spec_of(*features: Feature, **grid: object) -> serfast.FeatureSpec:
    """A spec of short hops."""
    return serfast.FeatureSpec(**{"hop_length": HOP, **grid}, features=features)


def track_with(**body: object) -> Track:
    """An instance of a class with this body."""
    function = {"compute": staticmethod(lambda rows, out: None), "outputs": ("x",)}
    return type("Odd", (Track,), {**function, **body})(loudness())
