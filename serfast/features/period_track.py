"""Jitter and shimmer share this: which periods count in a row, once F0 has been decided."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, cast

import numpy as np

from .. import _checks as checks
from .base import MAX_TRANSFORM, Feature, Rows
from .f0 import F0
from .period_marks import CANDIDATES
from .period_measures import MEASURES
from .period_perturbation import PeriodPerturbation, usual_window
from .subharmonic_f0 import SubharmonicF0
from .track import Track

__all__ = ["PeriodTrack", "write_chosen"]

NEAR = 0.3
"""The marks are those of F0 if they are as far apart as its period, within so many octaves."""


def write_chosen(rows: Any, place: int, first: int, missing: float, out: Any) -> None:
    """Write the columns from `first` on of the candidate whose periods are those of F0.

    The likeliest candidate is also taken if F0 is half of it: a tracker may follow each second
    period of an irregular voice, and these are alike in pairs.
    What is missing is `missing`: all columns of an unvoiced row, and of one whose marks are those
    of another F0; and a measure that takes more periods than there are.
    """
    before = rows.shape[1] - CANDIDATES * MEASURES  # columns of F0
    f0, nearest, chosen = float(rows[place, 0]), NEAR, -1
    for i in range(CANDIDATES):
        other = float(rows[place, before + i * MEASURES])
        if f0 > 0.0 and other > 0.0:
            octaves = np.log2(other / f0)
            apart = min(abs(octaves), abs(octaves - 1.0)) if i == 0 else abs(octaves)
            if apart < nearest:
                nearest, chosen = apart, i
    for j in range(len(out)):
        value = float(rows[place, before + max(chosen, 0) * MEASURES + first + j])
        out[j] = value if chosen >= 0 and value >= 0.0 else missing


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PeriodTrack(Track):
    """:class:`serfast.Jitter` and :class:`serfast.Shimmer` share this.

    Parameters
    ----------
    feature : F0 or SubharmonicF0
        The periods are marked in the rows that it calls voiced.
    frame_length : int or None
        The periods within so many samples count, but for half a period of fmin at each end. None
        stands for 60 ms and a period of fmin: the spec fills it in.
    missing_nan : bool
        What is missing is 0 (False) or NaN (True).
    """

    forgiven: ClassVar[float] = 1 / 8

    feature: Feature = field(default=F0(), kw_only=False)
    frame_length: int | None = None
    missing_nan: bool = False

    def __post_init__(self) -> None:
        if self.frame_length is not None:
            checks.integer("frame_length", self.frame_length, 4, MAX_TRANSFORM)
        checks.boolean("missing_nan", self.missing_nan)
        super().__post_init__()

    def _check_feature(self, name: str, value: Any) -> None:
        if not isinstance(value, (F0, SubharmonicF0)):
            checks.fail(name, "F0 or SubharmonicF0", value)

    @classmethod
    def example(cls) -> Feature:
        """Give that of the usual F0, for tests, benchmarks and pages."""
        return cls()

    def fitted(self, sample_rate: float, hop_length: int) -> Feature:
        """Give it with the usual frame length, if none was given, and the same of its F0."""
        given = cast(PeriodTrack, super().fitted(sample_rate, hop_length))
        if given.frame_length is not None:
            return given
        return replace(given, frame_length=usual_window(sample_rate, given._f0.fmin))

    @property
    def sources(self) -> tuple[Feature, ...]:
        """Give F0, and how the periods in a frame differ."""
        return (self.feature, self._periods)

    @property
    def _f0(self) -> F0 | SubharmonicF0:
        return cast(F0, self.feature)

    @property
    def _periods(self) -> PeriodPerturbation:
        """Give the source that is made once: an extractor asks for it in every call."""
        made = vars(self).get("_made_periods")
        if made is None:
            made = PeriodPerturbation(
                fmin=self._f0.fmin,
                fmax=self._f0.fmax,
                frame_length=self.frame_length,
                pad_mode=self.pad_mode,
            )
            object.__setattr__(self, "_made_periods", made)
        return cast(PeriodPerturbation, made)

    @property
    def gives_nan(self) -> bool:
        return self.missing_nan

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.002, and 2e-3 of each value.

        Where F0 or a mark is decided by rounding, back ends decide differently. So one row in eight
        may differ by more.
        """
        return self.limit(1.0, 2e-3 + 2e-3 * np.abs(np.nan_to_num(expected)), expected)
