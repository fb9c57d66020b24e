"""pYIN of a whole recording, step by step.

The source is Mauch and Dixon, "pYIN: a fundamental frequency estimator using probabilistic
threshold distributions", Proc. ICASSP 2014, 659-663; the weights of the troughs are librosa 0.11's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ...program.pyin import Array, CandidateTables, Integers, PathTables, PyinProgram, RunPyin
from .pitch import normalized_difference, parabolic_shift

__all__ = ["prepare_pyin"]


class Pyin:
    """It is a program made ready to run."""

    def __init__(self, program: PyinProgram) -> None:
        self._program = program

    def candidates(self, samples: Array, n_frames: int) -> tuple[Integers, Array, Array]:
        """Give the candidates; see :class:`serfast.program.pyin.RunPyin`."""
        tables = self._program.candidates
        needed = (n_frames - 1) * tables.hop_length + tables.frame_length
        padded = np.zeros(needed)
        padded[: len(samples)] = samples[:needed]
        frames = sliding_window_view(padded, tables.frame_length)[:: tables.hop_length]
        counts, periods, probabilities = [], [np.zeros(0)], [np.zeros(0)]
        for frame in frames:
            period, probability = _of_frame(frame, tables)
            counts.append(len(period))
            periods.append(period)
            probabilities.append(probability)
        numbers = np.array(counts, dtype=np.int32)
        return numbers, np.concatenate(periods), np.concatenate(probabilities)

    def path(self, counts: Integers, states: Integers, scores: Array, quiet: Array) -> Integers:
        """Give the path; see :class:`serfast.program.pyin.RunPyin`."""
        tables = self._program.path
        n = tables.stay.shape[1]
        moves = _matrix(tables)
        value = np.full(2 * n, tables.start)
        before = np.zeros((len(counts), 2 * n), dtype=np.int64)
        ends = np.cumsum(counts)
        for t, end in enumerate(ends):
            mine = slice(end - counts[t], end)
            score = np.concatenate([np.full(n, tables.missing), np.full(n, quiet[t])])
            score[states[mine]] = scores[mine]
            if t:
                ways = value[:, np.newaxis] + moves
                before[t] = ways.argmax(axis=0)
                value = np.take_along_axis(ways, before[t][np.newaxis], axis=0)[0]
            value = score + value
        path = np.empty(len(counts), dtype=np.int32)
        path[-1] = value.argmax()
        for t in range(len(counts) - 1, 0, -1):
            path[t - 1] = before[t, path[t]]
        return path


def prepare_pyin(program: PyinProgram) -> RunPyin:
    """Give the program ready to run; see :class:`serfast.program.pyin.RunPyin`."""
    return Pyin(program)


def _of_frame(frame: Array, tables: CandidateTables) -> tuple[Array, Array]:
    """Give the periods of a frame's troughs that have a probability, and the probability.

    The i-th trough has a height h_i. A threshold s, whose probability is p(s), is shared by the
    n(s) troughs below it: the k-th of them gets w_k / Σ_{j < n(s)} w_j of p(s), where w_k is
    exp(-k · Boltzmann parameter), so that short periods are preferred. The lowest trough also gets
    `no_trough` times the probability of all thresholds that it isn't below.
    """
    difference = normalized_difference(frame[np.newaxis], tables.min_lag, tables.max_lag)
    troughs = _troughs(difference[0])
    if not len(troughs):
        return np.zeros(0), np.zeros(0)
    height = difference[0, troughs]
    below = height[:, np.newaxis] < tables.thresholds
    place = np.cumsum(below, axis=0) - 1
    weight = np.where(below, tables.decay[place] * tables.share[below.sum(axis=0)], 0.0)
    probability = weight @ tables.prior
    lowest = height.argmin()
    probability[lowest] += tables.no_trough * tables.below[np.count_nonzero(~below[lowest])]
    shift = parabolic_shift(np.repeat(difference, len(troughs), axis=0), troughs)
    likely = probability > 0
    return (tables.min_lag + troughs + shift)[likely], probability[likely]


def _troughs(d: Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Give the places of the troughs; at either end one neighbour is enough."""
    falls = np.concatenate([[True], d[1:] < d[:-1]])
    rises = np.concatenate([d[1:] >= d[:-1], [True]])
    rises[0] = d[1] > d[0]
    return np.flatnonzero(falls & rises)


def _matrix(tables: PathTables) -> Array:
    """Give the score of the move from state i to state j, of all states."""
    width, n = tables.stay.shape
    moves = np.full((2 * n, 2 * n), tables.far)
    for k in range(width):
        j = np.arange(n)
        i = j + tables.first + k
        i, j = (place[(i >= 0) & (i < n)] for place in (i, j))
        for kind, other in ((0, n), (n, 0)):
            moves[kind + i, kind + j] = tables.stay[k, j]
            moves[kind + i, other + j] = tables.turn[k, j]
    return moves
