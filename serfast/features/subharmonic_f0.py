"""F0 by sub-harmonic summation, smoothed over 390 ms, with the voice's levels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

import numpy as np

from .. import _checks as checks
from .bandlimited_formants import BandlimitedFormants
from .base import Feature, Rows
from .candidate_harmonics import CandidateHarmonics
from .computed import Values
from .spectrum import Window
from .subharmonics import GAUSSIAN_60_MS, N_CANDIDATES, SubharmonicCandidates
from .track import BaseTrack

__all__ = ["SubharmonicF0"]

MAX_LAG = 600

STATES = N_CANDIDATES + 1
"""A row is one of the candidates, or unvoiced."""

FIXED = 2 + 2 * STATES
"""The state has the rows heard and decided; then cost and octaves of each path."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SubharmonicF0(BaseTrack):
    """It has F0 of a voice [Hz], in semitones above 27.5 Hz, and the six levels [dB] of the voice.

    Parameters
    ----------
    lag : int
        A row is decided when this many later rows have been heard, 0 to 600. With 39 it is
        openSMILE's delay; with fewer rows the answer is different, and comes sooner.
    least_level : float
        A row whose frame is quieter than this root mean square is unvoiced, >= 0.
    formants : BandlimitedFormants
        The harmonics of its formants are looked at. It is computed only once if the spec has it.
    n_fft, frame_length, window
        They mean the same as in :class:`serfast.SubharmonicCandidates`.

    Notes
    -----
    All columns are 0 in unvoiced rows, but the levels of the formants, which are -201 dB there, as
    in openSMILE.

    The path through the candidates of :class:`serfast.SubharmonicCandidates`, and through the state
    "unvoiced", costs the sum of what its rows and steps cost, and the cheapest one is found by the
    algorithm of Viterbi (IEEE Trans. Information Theory 13 (1967), 260–269). A candidate f with the
    voicing v costs -2 ln v, and 8 more if v < 0.7; and (100 - f) / 100 below 100 Hz, or
    (f - 350) / 250 above 350 Hz, but 1.2 above 600 Hz. An unvoiced row costs 8 if the first
    candidate has v >= 0.7. A step between voiced and unvoiced costs 10, between unvoiced rows 1,
    and between voiced ones 10 |d| + 5 |d'|, with the step d [octaves] along the path and the
    distance d' [octaves] from the first candidate of the row before, wherever the path was there.
    Semitones are at least 1. The form follows Eyben et al., IEEE Trans. Affective Computing 7
    (2016), 190–202; the costs are those that openSMILE's output shows.

    Examples
    --------
    >>> SubharmonicF0().columns[:2]
    ('subharmonic_f0', 'subharmonic_semitones')
    """

    outputs: ClassVar[tuple[str, ...]] = (
        *("subharmonic_f0", "subharmonic_semitones", "subharmonic_hnr"),
        *("subharmonic_h1_h2", "subharmonic_h1_a3"),
        *("subharmonic_a1", "subharmonic_a2", "subharmonic_a3"),
    )
    forgiven: ClassVar[float] = 1 / 4
    fmin: ClassVar[float] = 55.0
    fmax: ClassVar[float] = 1000.0

    lag: int = 39
    least_level: float = 0.001
    n_fft: int = 1024
    frame_length: int | None = None
    window: Window = GAUSSIAN_60_MS
    formants: Feature = field(default=BandlimitedFormants())

    def __post_init__(self) -> None:
        checks.integer("lag", self.lag, 0, MAX_LAG)
        checks.number("least_level", self.least_level, minimum=0)
        frames: dict[str, Any] = {
            "n_fft": self.n_fft,
            "frame_length": self.frame_length,
            "window": self.window,
            "pad_mode": self.pad_mode,
        }
        if not isinstance(self.formants, BandlimitedFormants) or self.formants.name is not None:
            checks.fail("formants", "BandlimitedFormants without a name", self.formants)
        candidates, harmonics = SubharmonicCandidates(**frames), CandidateHarmonics(**frames)
        object.__setattr__(self, "window", candidates.window)
        object.__setattr__(self, "_made", (candidates, harmonics, self.formants))
        super().__post_init__()

    @property
    def units(self) -> tuple[str, ...]:
        return ("Hz", "semitone", *("dB",) * 6)

    @property
    def sources(self) -> tuple[Feature, ...]:
        """Give the candidates, their harmonics, and the formants."""
        return cast("tuple[Feature, ...]", vars(self)["_made"])

    @property
    def ahead(self) -> int:
        """Give the lag."""
        return self.lag

    @property
    def state_size(self) -> int:
        """Give the numbers of the paths, and where they came from in each undecided row."""
        return FIXED + STATES * (self.lag + 1)

    @staticmethod
    def compute(
        rows: Values, place: int, state: Any, lag: int, least_level: float, out: Values
    ) -> None:
        """Go on along all paths to the latest row; then go back from the end of the cheapest one.

        State 6 is "unvoiced". A path that doesn't exist costs 1e30.
        """
        slots, costs, octaves = lag + 1, np.zeros(7), np.zeros(7)
        for i in range(place + int(state[0] - state[1]), len(rows)):
            heard = int(state[0])
            origin = 16 + heard % slots * 7
            cheapest = 1e30
            for k in range(7):
                octaves[k], local = 0.0, 1e30
                if k == 6:
                    local = 8.0 if rows[i, 0] > 0.0 and rows[i, 6] >= 0.7 else 0.0
                elif rows[i, k] > 0.0 and rows[i, 6 + k] > 0.0:
                    f = np.float64(rows[i, k])
                    octaves[k] = np.log2(f)
                    local = -2.0 * np.log(np.float64(rows[i, 6 + k]))
                    if rows[i, 6 + k] < 0.7:
                        local += 8.0
                    if f < 100.0:
                        local += (100.0 - f) / 100.0
                    elif f > 350.0:
                        local += (f - 350.0) / 250.0 if f <= 600.0 else 1.2
                best, came_from = 0.0, 6
                if heard > 0:
                    best = 1e30
                    for j in range(7):
                        cost = state[2 + j]
                        if k == 6 and j == 6:
                            cost += 1.0
                        elif k == 6 or j == 6:
                            cost += 10.0
                        else:
                            cost += 10.0 * abs(octaves[k] - state[9 + j])
                            cost += 5.0 * abs(octaves[k] - state[9])
                        if cost < best:
                            best, came_from = cost, j
                costs[k] = min(best + local, 1e30)
                state[origin + k] = came_from
                cheapest = min(cheapest, costs[k])
            for k in range(7):
                state[2 + k] = min(costs[k] - cheapest, 1e30)
                state[9 + k] = octaves[k]
            state[0] += 1.0
        k = 6
        for j in range(6):
            if state[2 + j] < state[2 + k]:
                k = j
        for row in range(int(state[0]) - 1, int(state[1]), -1):
            k = int(state[16 + row % slots * 7 + k])
        state[1] += 1.0
        for i in range(8):
            out[i] = -201.0 if i >= 5 else 0.0
        if k < 6 and rows[place, k] > 0.0 and rows[place, 12] >= least_level:
            out[0] = rows[place, k]
            out[1] = max(12.0 * np.log2(np.float64(rows[place, k]) / 27.5), 1.0)
            for i in range(6):
                out[2 + i] = rows[place, 13 + 6 * k + i]

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 2e-3 of each value, and any difference where two paths are equally cheap."""
        return self.limit(1.0, np.maximum(2e-3 * np.abs(expected), 0.1), expected)
