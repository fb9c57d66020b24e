"""The path of F0 goes through one candidate of each row: the best path, a few rows later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Feature, Rows
from .computed import Values
from .f0_candidates import F0Candidates
from .track import Track

__all__ = ["MAX_LAG", "F0Path"]

MAX_LAG = 600
"""The path looks at this many later rows at most."""

FIXED = 7
"""The state begins with so many numbers; those of each candidate follow."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class F0Path(Track):
    """It is the candidate that the best path takes: frequency, octaves, strength, relative level.

    Parameters
    ----------
    feature : F0Candidates
        The path goes through these candidates.
    lag : int
        A row is decided when this many later rows have been heard, 0 to 600.

    Notes
    -----
    The columns are the frequency [Hz], its logarithm to base 2, the strength, and the level [dB]
    relative to the loudest rows, at most 0. The first three are 0 in a row without candidates.

    A path is worth the sum of its candidates' worth less the cost of its jumps, and the best one is
    found by the algorithm of Viterbi, IEEE Trans. Information Theory 13 (1967), 260–269. With the
    strength s and the frequency f of a candidate and the time T between rows [s], the worth is
    T / 15 ms · p · (s^2.5 + 0.01 log2 f - doubt), and a jump of d octaves costs
    0.4 p max(d - 13 T, 0), with the smaller p of both rows. p = 1 / (1 + exp(1 - 7 s - 0.2 l)) is
    about the probability of a voice, from the largest strength s and the level l. The doubt is
    (1 - s) max(d - 0.4, 0) with that strength, where d is the distance [octaves] from the mean of
    the rows that were certain in the last 2 s: an uncertain row keeps to the voice's range.

    The level is relative to the loudest row up to 60 ms later, which is forgotten by 6 dB a second,
    or to 20 dB above the quietest one, which rises by 10 dB a second. A row costs n_candidates²
    comparisons.

    Examples
    --------
    >>> F0Path(F0Candidates(), lag=6).columns
    ('path_f0', 'path_octaves', 'path_strength', 'path_level')
    """

    outputs: ClassVar[tuple[str, ...]] = (
        "path_f0",
        "path_octaves",
        "path_strength",
        "path_level",
    )
    forgiven: ClassVar[float] = 1 / 8

    lag: int = 6

    def __post_init__(self) -> None:
        checks.integer("lag", self.lag, 0, MAX_LAG)
        super().__post_init__()

    @property
    def units(self) -> tuple[str, ...]:
        return ("Hz", "octave", "1", "dB")

    def _check_feature(self, name: str, value: Any) -> None:
        if not isinstance(value, F0Candidates):
            checks.fail(name, "F0Candidates", value)

    @classmethod
    def example(cls) -> Feature:
        """Give that of the usual candidates, for tests, benchmarks and pages."""
        return cls(F0Candidates())

    @property
    def ahead(self) -> int:
        """Give the lag."""
        return self.lag

    @property
    def state_size(self) -> int:
        """Give the numbers of all candidates: worth, octaves, and where the path came from."""
        n_candidates: int = getattr(self.feature, "n_candidates", 1)
        return FIXED + 2 * n_candidates + (n_candidates + 1) * (self.lag + 1)

    @staticmethod
    def compute(
        rows: Values, place: int, state: Any, row_rate: float, lag: int, out: Values
    ) -> None:
        """Go on along all paths to the latest row; then go back from the end of the best one.

        The state has the numbers of rows heard and decided, the quietest and the loudest level, the
        last p, count and mean of the certain rows; then of each candidate of the last row the worth
        and the octaves; then, of each row that isn't decided, where the paths came from, and the
        level that counts as 0 dB.
        """
        n = (rows.shape[1] - 1) // 2
        slots = lag + 1
        new, octaves = np.zeros(n), np.zeros(n)
        for i in range(place + int(state[0] - state[1]), len(rows)):
            heard, level = int(state[0]), float(rows[i, 2 * n])
            strongest, certain, most = 0.0, 0, 0.0
            if heard == 0:
                state[2] = state[3] = level
            state[2] = min(level, state[2] + 10.0 / row_rate)
            state[3] = max(level, state[3] - 6.0 / row_rate)
            for k in range(n):
                octaves[k] = 0.0
                if rows[i, k] > 0.0 and rows[i, n + k] > 0.0:
                    octaves[k] = np.log2(float(rows[i, k]))
                    strongest = max(strongest, min(float(rows[i, n + k]), 1.0))
                    if rows[i, n + k] + 0.02 * octaves[k] > most:
                        most, certain = rows[i, n + k] + 0.02 * octaves[k], k
            loudest, came_from = max(state[3], state[2] + 20.0), 7 + 2 * n + heard % slots * (n + 1)
            relative = max(level - loudest, -40.0)
            p = 1.0 / (1.0 + np.exp(1.0 - 7.0 * strongest - 0.2 * relative))
            doubt = 1.0 - strongest if state[5] > 0.1 * row_rate else 0.0
            for k in range(n):
                s, value = min(max(float(rows[i, n + k]), 0.0), 1.0), -1.0
                if octaves[k] > 0.0:
                    value = s * s * np.sqrt(s) + 0.01 * octaves[k]
                    value -= doubt * max(abs(octaves[k] - state[6]) - 0.4, 0.0)
                best, origin = -1e30, 0
                for j in range(n):
                    jump = 0.0
                    if octaves[k] > 0.0 and state[7 + n + j] > 0.0:
                        jump = max(abs(octaves[k] - state[7 + n + j]) - 13.0 / row_rate, 0.0)
                    if state[7 + j] - 0.4 * min(p, state[4]) * jump > best:
                        best, origin = state[7 + j] - 0.4 * min(p, state[4]) * jump, j
                new[k] = best + p * value / (0.015 * row_rate)
                state[came_from + k] = origin
            for k in range(n):
                state[7 + k], state[7 + n + k] = new[k] - new.max(), octaves[k]
            state[4], state[came_from + n] = p, loudest
            if strongest > 0.85 and p > 0.9:
                state[5] = min(state[5] + 1.0, 2.0 * row_rate)
                state[6] += (octaves[certain] - state[6]) / state[5]
            state[0] += 1.0
        k = 0
        for j in range(n):
            if state[7 + j] > state[7 + k]:
                k = j
        for row in range(int(state[0]) - 1, int(state[1]), -1):
            k = int(state[7 + 2 * n + row % slots * (n + 1) + k])
        soon = min(int(state[1]) + int(np.ceil(0.06 * row_rate)), int(state[0]) - 1)
        loudest = state[7 + 2 * n + soon % slots * (n + 1) + n]
        state[1] += 1.0
        there = rows[place, k] > 0.0 and rows[place, n + k] > 0.0
        out[0] = rows[place, k] if there else 0.0
        out[1] = np.log2(float(rows[place, k])) if there else 0.0
        out[2] = min(rows[place, n + k], 1.0) if there else 0.0
        out[3] = max(float(rows[place, 2 * n]) - loudest, -40.0)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-3 of each value.

        Where two paths are equally good within rounding, back ends take different ones. So one row
        in eight may differ by more.
        """
        return self.limit(2e-3, np.maximum(np.abs(expected), 1), expected)
