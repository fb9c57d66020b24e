"""pYIN for each channel: its program, what a back end is given, and what librosa makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .... import _checks as checks
from .... import backends
from ....program.pyin import NOTHING, Array, PyinTables, RunPyin

__all__ = ["Pitches", "track"]

Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, kw_only=True)
class Pitches:
    """The pitches that F0 is one of: from fmin to fmax, evenly spaced in octaves."""

    fmin: float
    fmax: float
    resolution: float

    @property
    def per_octave(self) -> int:
        """Give how many there are in an octave."""
        return 12 * int(np.ceil(1.0 / self.resolution))

    @property
    def count(self) -> int:
        """Give how many there are."""
        return int(np.floor(self.per_octave * np.log2(self.fmax / self.fmin))) + 1

    def frequencies(self) -> Array:
        """Give the frequency of each [Hz]."""
        return np.asarray(self.fmin * 2 ** (np.arange(self.count) / self.per_octave))

    def nearest(self, f0: Array) -> Array:
        """Give the place of the pitch that is nearest; there is one more above the highest."""
        place = np.round(self.per_octave * np.log2(f0 / self.fmin))
        return np.asarray(np.clip(place, 0, self.count))


def step_width(rate: float, sr: float, hop_length: int, pitches: Pitches) -> int:
    """Give how many pitches can be reached from one within a frame, at `rate` octaves a second.

    Raises
    ------
    ParameterError
        If there are fewer pitches, or fewer than 2.
    """
    semitones = round(rate * 12 * hop_length / sr)
    width = semitones * (pitches.per_octave // 12) + 1
    if pitches.count < max(2, width):
        rule = f"such that there are at least {max(2, width)} pitches between them"
        if width > 2:
            rule += f" (max_transition_rate allows {semitones} semitones a frame)"
        given = f"{pitches.fmin:g} and {pitches.fmax:g} Hz, with {pitches.count}"
        checks.refuse("fmin and fmax", rule, given)
    return width


@lru_cache(maxsize=16)
def _prepared(backend: str, tables: PyinTables) -> RunPyin:
    return backends.get_pyin(backend)(tables.program())


def track(
    y: np.ndarray[Any, Any], sr: float, pitches: Pitches, tables: PyinTables
) -> tuple[Array, Flags, Array]:
    """Give F0, whether a frame is voiced, and how probable that is, of one padded channel."""
    run = _prepared(backends.chosen(None), tables)
    n_frames = 1 + (len(y) - tables.frame_length) // tables.hop_length
    counts, periods, probabilities = run.candidates(y.astype(np.float64, copy=False), n_frames)
    if y.dtype.itemsize <= 4:  # librosa keeps them in the dtype of y
        probabilities = probabilities.astype(np.float32).astype(np.float64)
    places = pitches.nearest(sr / periods)
    frame = np.repeat(np.arange(n_frames), counts)
    chosen = _last_of_each(frame, places) & (probabilities > 0) & (places < pitches.count)
    places, frame, probabilities = places[chosen], frame[chosen], probabilities[chosen]
    # from low to high pitches, for the rounding of librosa's sum
    total = np.bincount(frame[::-1], probabilities[::-1], minlength=n_frames)
    voiced = np.clip(total.astype(np.float64), 0, 1)
    path = run.path(
        np.bincount(frame, minlength=n_frames).astype(np.int32),
        places.astype(np.int32),
        np.log(probabilities + NOTHING),
        np.log((1 - voiced) / pitches.count + NOTHING),
    )
    return pitches.frequencies()[path % pitches.count], path < pitches.count, voiced


def _last_of_each(frame: Any, places: Array) -> Flags:
    """Tell which candidates are the last of their frame with their pitch: it is that one's."""
    last = np.ones(len(frame), dtype=bool)
    last[:-1] = (frame[1:] != frame[:-1]) | (places[1:] != places[:-1])
    return last
