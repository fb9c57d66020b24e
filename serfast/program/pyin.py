"""The program of pYIN has the tables that a back end computes the pitch of a recording from.

The sources are Mauch and Dixon, "pYIN", Proc. ICASSP 2014, 659-663, and how librosa 0.11 reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np

from .. import _checks as checks
from .beta import beta_cdf

__all__ = [
    "LOG_OF_NOTHING",
    "CandidateTables",
    "PathTables",
    "PyinProgram",
    "PyinTables",
    "RunPyin",
]

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Integers: TypeAlias = np.ndarray[Any, np.dtype[np.int32]]

NOTHING = float(np.finfo(np.float64).tiny)
"""It is added to every probability before the logarithm, as in librosa."""

LOG_OF_NOTHING = float(np.log(np.zeros(8) + NOTHING)[0])
"""It is the score of what has no probability: no path comes by it if there is another one."""

ROWS = 256
"""So many rows of the matrix of transitions are made at a time."""


class CandidateTables(NamedTuple):
    """The tables for the candidates of a frame: troughs of YIN's d'(τ), and how likely each is."""

    frame_length: int
    hop_length: int
    min_lag: int
    max_lag: int
    """Lags from min_lag to max_lag are looked at [samples]."""
    thresholds: Array
    """They are evenly spaced, above 0 and up to 1."""
    prior: Array
    """This is the probability of each threshold."""
    below: Array
    """Entry n is the probability of the first n thresholds together."""
    above: Array
    """Entry n is that of all the others."""
    decay: Array
    """Entry k is the weight of the k-th trough below a threshold, before the sum is made 1."""
    share: Array
    """Entry n is the factor that makes the sum 1 if n troughs are below a threshold."""
    no_trough: float
    """The lowest trough gets this share of the thresholds that it isn't below."""


class PathTables(NamedTuple):
    """The tables for the path: n voiced states, one a pitch, and n unvoiced ones; logarithms."""

    stay: Array
    """Entry [k, j] is the score of the move to state j from state j + first + k of its own kind."""
    turn: Array
    """Entry [k, j] is that of the move from state j + first + k of the other kind."""
    first: int
    start: float
    """This is the score of each state before the first frame."""
    missing: float
    """This is the score of a voiced state that isn't a candidate."""
    far: float
    """This is the score of a move from any other state; -inf means that there is none."""


class PyinProgram(NamedTuple):
    """It says all that a back end needs to know."""

    candidates: CandidateTables
    path: PathTables


class RunPyin(Protocol):
    """A program made ready has two steps; it is immutable and thread-safe."""

    def candidates(self, samples: Array, n_frames: int) -> tuple[Integers, Array, Array]:
        """Give how many candidates each frame has, and their periods and probabilities.

        Frame t begins at sample ``t * hop_length``; behind the last sample there are zeros. The
        periods [samples] of a frame ascend; each probability is above 0.
        """

    def path(self, counts: Integers, states: Integers, scores: Array, quiet: Array) -> Integers:
        """Give the best state of each frame, 0 … 2 n - 1; of equal paths that of the lower states.

        A frame has ``counts[t]`` candidates; `states` and `scores` have the state of each one,
        below n, and the logarithm of its probability. `quiet` has that of the unvoiced states of
        each frame.
        """


@dataclass(frozen=True, kw_only=True)
class PyinTables:
    """The parameters of pYIN, and the tables that they give."""

    frame_length: int
    hop_length: int
    min_lag: int
    max_lag: int
    n_thresholds: int
    beta_parameters: tuple[float, float]
    boltzmann_parameter: float
    no_trough_prob: float
    n_states: int
    width: int
    """So many states can be reached from one, in the middle."""
    switch_prob: float
    transition_min_prob: float | None

    def program(self) -> PyinProgram:
        """Give the tables."""
        return PyinProgram(self._candidates(), self._path())

    def _candidates(self) -> CandidateTables:
        thresholds = np.linspace(0, 1, self.n_thresholds + 1)
        a, b = self.beta_parameters
        prior = np.diff([beta_cdf(x, a, b) for x in thresholds.tolist()])
        # as in scipy.stats.boltzmann, and as NumPy adds up the first of the prior
        fall = self.boltzmann_parameter
        n = np.arange(1, (self.max_lag - self.min_lag) // 2 + 3)
        share = (1 - np.exp(-fall)) / (1 - np.exp(-fall * n))
        return CandidateTables(
            frame_length=self.frame_length,
            hop_length=self.hop_length,
            min_lag=self.min_lag,
            max_lag=self.max_lag,
            thresholds=thresholds[1:],
            prior=prior,
            below=np.array([prior[:count].sum() for count in range(len(prior) + 1)]),
            above=np.append(prior[::-1].cumsum()[::-1], 0.0),
            decay=np.exp(-fall * (n - 1)),
            share=np.concatenate([[0.0], share]),
            no_trough=self.no_trough_prob,
        )

    def _path(self) -> PathTables:
        n, reach = self.n_states, self.width // 2
        moves = banded_transitions(n, self.width)
        # what is computed with probabilities is what librosa computes, for its rounding
        keeps = 1 - self.switch_prob
        stay, turn = (np.log(share * moves + NOTHING) for share in (keeps, 1.0 - keeps))
        least = -np.inf
        if self.transition_min_prob:
            least = np.log(np.array([self.transition_min_prob]) + NOTHING)[0]
        source = np.arange(n) + np.arange(-reach, reach + 1)[:, np.newaxis]
        there = (source >= 0) & (source < n)
        stay, turn = (np.where(there & (score >= least), score, -np.inf) for score in (stay, turn))
        far = LOG_OF_NOTHING if least <= LOG_OF_NOTHING else -np.inf
        reached = np.isfinite(stay).any(axis=0) | np.isfinite(turn).any(axis=0)
        if not np.isfinite(far) and not reached.all():
            largest = max(moves.max(axis=0).min() * max(keeps, 1 - keeps), 0.0)
            checks.fail(
                "transition_min_prob",
                f"None or <= {largest:.3g}, so that every pitch can be reached",
                self.transition_min_prob,
            )
        return PathTables(
            stay=stay,
            turn=turn,
            first=-reach,
            start=float(np.log(np.ones(2 * n) / (2 * n) + NOTHING)[0]),
            missing=LOG_OF_NOTHING,
            far=float(far),
        )


@lru_cache(maxsize=8)
def banded_transitions(n: int, width: int) -> Array:
    """Give the probability of each move within the band, [k, j] from state j - width // 2 + k to j.

    The probabilities of moves from one state are a triangle of `width` states around it, whose sum
    is 1; where it would leave the states, the rest of it is more probable. librosa puts a triangle
    of an even width around the middle between two states, and cuts those that would fall on the
    other end off at `width // 2`. NumPy adds up whole rows of the matrix in an order of its own, so
    the rows are made here as well, for the last bit of their sum.
    """
    reach, steps = width // 2, np.arange(width)
    half = np.arange(1, (width + 1) // 2 + 1, dtype=np.float64)
    rise = 2 * half / (width + 1.0) if width % 2 else (2 * half - 1.0) / width
    triangle = np.concatenate([rise, rise[::-1][width % 2 :]]) if width > 1 else np.ones(1)
    begin = (n - width) // 2 + n // 2 + 1
    moves = np.zeros((2 * reach + 1, n))
    for first in range(0, n, ROWS):
        source = np.arange(first, min(first + ROWS, n))
        rows = np.zeros((len(source), n))
        place = (begin + source[:, np.newaxis] + steps) % n
        near = np.abs(place - source[:, np.newaxis]) <= reach
        np.put_along_axis(rows, place, np.where(near, triangle, 0.0), axis=1)
        rows /= rows.sum(axis=1, keepdims=True)
        for k in range(2 * reach + 1):
            target = source + reach - k
            there = (target >= 0) & (target < n)
            moves[k, target[there]] = rows[there, target[there]]
    moves.flags.writeable = False
    return moves
