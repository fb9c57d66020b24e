"""How the periods around a moment differ in length and amplitude, whatever F0 turns out to be."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from .. import _checks as checks
from .base import MAX_TRANSFORM, Rows, check_band
from .computed import FrameFeature, Values
from .framing import SILENCE
from .period_marks import CANDIDATES, MAX_MARKS, Table, candidates, marked, peak_taps
from .period_measures import MEASURES, measures

__all__ = ["PeriodPerturbation", "usual_window"]

WINDOW = 0.06
"""The usual window is so long [s]."""

COARSE = 4000.0
"""Lags are looked for in means of samples, at about this rate [Hz]."""

PER_PERIOD = 6
"""They are looked for in at least so many means in the shortest period."""

TAPS_BELOW = 16000.0

LOWEST, HIGHEST, FASTEST = 20.0, 2000.0, 384000.0
"""F0 is from 20 to 2000 Hz, and the sample rate at most 384 kHz."""

STEADY = 1e-9
"""A frame is constant if this share of its energy, or less, is left without its mean."""


def usual_window(sample_rate: float, fmin: float) -> int:
    """Give the number of samples in 60 ms and the longest period, of fmin [Hz].

    Examples
    --------
    >>> usual_window(16000, 50.0)
    1280
    """
    return 2 * round(sample_rate * (WINDOW + 1 / fmin) / 2)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PeriodPerturbation(FrameFeature):
    """It is how the periods in a frame differ, for each of two F0 that the frame may have.

    Parameters
    ----------
    fmin, fmax : float
        They are the range of F0 [Hz], 20 <= fmin < fmax <= 2000, and at most a quarter of the
        sample rate.
    frame_length : int or None
        A frame has this many samples, at least three periods of fmin, and 256. The periods in it
        count, but for half a period of fmin at each end. None stands for 60 ms and a period of
        fmin: the spec fills it in.

    Notes
    -----
    This is what :class:`serfast.Jitter` and :class:`serfast.Shimmer` choose from, when F0 has been
    decided: use these. For each of the two likeliest lags of the frame there are F0 [Hz], which is
    1 over the mean period, and the three columns of jitter and the four of shimmer. F0 is 0 if
    there is no second lag, or no two periods that are alike; what can't be measured is -1.

    The lags are the highest peaks of the normalised correlation in the middle of the frame, of
    means of samples at about 4 kHz. The first mark is the largest magnitude in the middle. The next
    one is where a period around it correlates most with one around the mark before, 0.8 to 1.25
    periods away: near the last distance first, if the correlation has a peak above 0.7 there; else
    among the means, and then among the samples. Below 16 kHz the peak is interpolated from 15 lags
    by a sinc, from there on from 3 by a parabola. The marks end where this
    correlation is below 0.5, where the power is below a hundredth of that in the middle, or half a
    period of fmin before the frame's end. It is the method that Praat documents as "Sound & Pitch:
    To PointProcess (cc)", within a frame. At most 64 periods are marked to each side.

    A row costs some n · p multiplications, with n samples in the frame and p in a period.

    Examples
    --------
    >>> PeriodPerturbation().columns[:3]
    ('period_f0_0', 'period_jitter_local_0', 'period_jitter_rap_0')
    """

    outputs: ClassVar[tuple[str, ...]] = tuple(
        f"{kind}_{i}"
        for i in range(CANDIDATES)
        for kind in (
            "period_f0",
            "period_jitter_local",
            "period_jitter_rap",
            "period_jitter_ppq5",
            "period_shimmer_local",
            "period_shimmer_local_db",
            "period_shimmer_apq3",
            "period_shimmer_apq5",
        )
    )
    forgiven: ClassVar[float] = 1 / 6

    fmin: float = 50.0
    fmax: float = 600.0
    frame_length: int | None = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        checks.number("fmin", self.fmin, minimum=LOWEST)
        checks.number("fmax", self.fmax, above=0, maximum=HIGHEST)
        if self.fmin >= self.fmax:
            checks.fail("fmin", f"< {self.fmax:g} Hz (fmax)", self.fmin)
        if self.frame_length is not None:
            checks.integer("frame_length", self.frame_length, 4, MAX_TRANSFORM)
        super(FrameFeature, self).__post_init__()

    @property
    def units(self) -> tuple[str, ...]:
        return ("Hz", "1", "1", "1", "1", "dB", "1", "1") * CANDIDATES

    @property
    def length(self) -> int:
        """Give the number of samples in a frame; before it is in a spec, that at 16 kHz."""
        return self.frame_length or usual_window(16000, self.fmin)

    def fitted(self, sample_rate: float, hop_length: int) -> PeriodPerturbation:
        """Give it with the usual frame length, if none was given."""
        if self.frame_length is not None:
            return self
        return replace(self, frame_length=usual_window(sample_rate, self.fmin))

    def check(self, sample_rate: float) -> None:
        checks.number("sample_rate", sample_rate, maximum=FASTEST)
        check_band(self.fmin, self.fmax, sample_rate)
        if self.fmax > sample_rate / 4:
            rule = f"<= {sample_rate / 4:g} Hz (a quarter of the sample rate)"
            checks.fail("fmax", rule, self.fmax)
        needed = max(3 * math.ceil(sample_rate / self.fmin), 256)
        if self.length < needed:
            rule = f">= {needed} (three periods of fmin, and 256 samples)"
            checks.fail("frame_length", rule, self.frame_length)

    def table(self, sample_rate: float) -> Table:
        """Give the weights of the interpolation, or nothing where a parabola does."""
        return peak_taps().ravel() if sample_rate < TAPS_BELOW else np.empty(0)

    @staticmethod
    def compute(
        frame: Values, sample_rate: float, table: Values, fmin: float, fmax: float, out: Values
    ) -> None:
        """Mark the periods for each candidate, and measure how they differ."""
        step = max(int(np.floor(sample_rate / max(COARSE, PER_PERIOD * fmax))), 1)
        x = frame.astype(np.float64)
        total = (x * x).sum()
        x -= x.mean()
        left = (x * x).sum()
        for i in range(len(out)):
            out[i] = -1.0 if i % MEASURES > 0 else 0.0
        if not (left > STEADY * total and left > len(x) * SILENCE**2):
            return
        coarse = np.zeros(len(x) // step)
        for i in range(len(coarse)):
            coarse[i] = x[i * step : (i + 1) * step].sum() / step
        lags, marks, measured = np.zeros(CANDIDATES), np.zeros(MAX_MARKS), np.zeros(MEASURES)
        first, last = (
            int(np.floor(sample_rate / fmax / step)),
            int(np.ceil(sample_rate / fmin / step)),
        )
        reach = (len(x) - sample_rate / fmin) / 2.0
        for i in range(candidates(coarse, first, last, lags)):
            begin, end = marked(x, coarse, step, lags[i] * step, reach, table, marks)
            measures(frame, marks[begin : end + 1], end + 1 - begin, sample_rate, measured)
            for j in range(MEASURES):
                out[i * MEASURES + j] = measured[j]

    @property
    def multiplications(self) -> int:
        return 32 * self.length

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.002, and 2e-3 of each value.

        Where two peaks are equally high within rounding, back ends take different ones, and all
        columns of the row are others. So one row in six may differ by more: in noise that fades
        within the frame, what is left of its end is its mean, and all peaks there are rounding.
        """
        return self.limit(1.0, 2e-3 + 2e-3 * np.abs(expected), expected)
