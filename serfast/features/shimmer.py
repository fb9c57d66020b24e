"""Shimmer is how much neighbouring periods differ in amplitude, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .computed import Values
from .period_track import PeriodTrack, write_chosen

__all__ = ["Shimmer"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Shimmer(PeriodTrack):
    """It is how much neighbouring periods differ in amplitude, in 4 columns.

    Parameters
    ----------
    feature : F0
        The rows that it calls voiced have a value. It is looked for in the range of this F0.
    frame_length : int or None
        The periods within so many samples count, but for half a period of fmin at each end. None
        stands for 60 ms and a period of fmin: the spec fills it in.
    missing_nan : bool
        What is missing is 0 (False) or NaN (True): all columns of unvoiced rows, and of rows whose
        periods aren't those of F0; and a measure for which there are too few periods.

    Notes
    -----
    The columns are the local shimmer, the mean distance of two neighbouring amplitudes; the same in
    decibels; apq3 and apq5, the mean distances of an amplitude from the mean of the 3 and the 5
    around it. Those not in decibels are shares of the mean amplitude. They are means over all
    periods in the row's frame. The amplitude is the root mean square under a Hann window, which
    ends a fifth of the period before and behind the mark; a constant offset is part of it, as in
    Praat. Neighbours differ by 1.6 times at most; others don't count. A measure is missing if there
    are fewer than 2, 3 or 5 amplitudes, which take two periods more: five of them are in 60 ms from
    about 120 Hz on.

    The definitions are those of Praat's manual. The periods are marked in the frame by
    :class:`serfast.PeriodPerturbation`, whatever F0 turns out to be; this track keeps those that
    are of the decided F0. A stream waits for F0 alone. The mean over the voiced rows of a recording
    correlates with Praat's number; docs/features.md says how closely.

    Examples
    --------
    >>> Shimmer().columns
    ('shimmer_local', 'shimmer_local_db', 'shimmer_apq3', 'shimmer_apq5')
    """

    outputs: ClassVar[tuple[str, ...]] = (
        "shimmer_local",
        "shimmer_local_db",
        "shimmer_apq3",
        "shimmer_apq5",
    )

    @property
    def units(self) -> tuple[str, ...]:
        return ("1", "dB", "1", "1")

    @staticmethod
    def compute(rows: Values, place: int, missing_nan: bool, out: Values) -> None:
        """Keep the columns of the periods that are those of F0."""
        write_chosen(rows, place, 4, np.nan if missing_nan else 0.0, out)
