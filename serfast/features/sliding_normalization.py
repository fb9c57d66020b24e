"""Sliding normalisation takes away the mean of the rows in a window around a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Feature, Rows
from .column_track import ColumnTrack
from .computed import Values
from .mel import LogMel
from .track import MAX_WINDOW

__all__ = ["SlidingNormalization"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SlidingNormalization(ColumnTrack):
    """It is a feature less its mean in a window of rows, over the deviation there if wanted.

    Parameters
    ----------
    feature : Feature
        The columns of this feature are normalised: log spectra or cepstra as a rule.
    window : int
        If rows aren't centred, these many rows before a row count, and the row itself. If they
        are, this many rows count in all, which lie around it. It is at most 1000 - min_window, or
        501 if rows are centred.
    min_window : int
        At least this many rows count, 1 to `window`, if rows aren't centred: the first rows look
        at later ones. If rows are centred it has no effect, because all windows are whole.
    centered : bool
        If True, windows lie around their rows; those at both ends are moved into the recording.
    deviation : bool
        If True, the difference from the mean is divided by the standard deviation in the window;
        a window of one row gives 0.
    min_deviation : float
        Smaller deviations are raised to it, in the columns' unit, 1e-9 to 1e6.
    name : str or None
        The names of the columns begin with it; None is ``sliding``.

    Notes
    -----
    It agrees with Kaldi's apply-cmvn-sliding, whose defaults these are, to 1e-5 of the columns'
    unit. A row of a stream waits for min_window - 1 later rows, or for window - 1 if rows are
    centred: take ``min_window=1`` for the least latency. A row costs two additions for each column
    and each row of the window.

    Examples
    --------
    >>> import serfast
    >>> SlidingNormalization(serfast.LogMel(n_mels=2)).columns
    ('sliding_logmel_0', 'sliding_logmel_1')
    """

    prefix: ClassVar[str] = "sliding"
    state_size: ClassVar[int] = 1

    window: int = 600
    min_window: int = 100
    centered: bool = False
    deviation: bool = False
    min_deviation: float = 1e-5

    def __post_init__(self) -> None:
        checks.boolean("centered", self.centered)
        most = (MAX_WINDOW + 1) // 2 if self.centered else MAX_WINDOW - 1
        checks.integer("window", self.window, 1, most)
        checks.integer("min_window", self.min_window, 1, max(self.window, 1))
        super().__post_init__()
        checks.boolean("deviation", self.deviation)
        checks.number("min_deviation", self.min_deviation, minimum=1e-9, maximum=1e6)

    @property
    def units(self) -> tuple[str, ...]:
        return ("1",) * len(self.columns) if self.deviation else self.feature.units

    @classmethod
    def example(cls) -> Feature:
        """Give that of a log-mel spectrum, for tests, benchmarks and pages."""
        return cls(LogMel(), window=30, min_window=10)

    @property
    def back(self) -> int:
        """Give the number of earlier rows that may count."""
        return self.window - 1 if self.centered else self.window

    @property
    def ahead(self) -> int:
        """Give the number of later rows that may count."""
        return self.window - 1 if self.centered else self.min_window - 1

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.001 of the largest value, and of 1: of equal rows only rounding is left."""
        scale = np.abs(expected).max(axis=0, initial=1.0)
        return self.limit(1e-3, scale, expected)

    @staticmethod
    def compute(
        rows: Values,
        place: int,
        state: Any,
        window: int,
        min_window: int,
        centered: bool,
        deviation: bool,
        min_deviation: float,
        out: Values,
    ) -> None:
        """Lay the window as apply-cmvn-sliding does, and take its mean and deviation.

        `begin` and `end` are the numbers of rows in the recording; state[0] is that of this row.
        """
        t = int(state[0])
        state[0] += 1.0
        first = t - place
        begin = t - window // 2 if centered else t - window
        end = begin + window if centered else t + 1
        if begin < 0:
            end -= begin
            begin = 0
        if not centered:
            end = max(t + 1, min_window)
        if end > first + len(rows):  # only at the recording's end
            begin = max(begin - (end - first - len(rows)), 0)
            end = first + len(rows)
        n = end - begin
        for i in range(len(out)):
            total, squares = 0.0, 0.0
            for k in range(begin - first, end - first):
                x = min(max(np.float64(rows[k, i]), -3e38), 3e38)
                total += x
            mean = total / n
            value = min(max(np.float64(rows[place, i]), -3e38), 3e38) - mean
            if deviation:
                for k in range(begin - first, end - first):
                    x = min(max(np.float64(rows[k, i]), -3e38), 3e38) - mean
                    squares += x * x
                value /= max(np.sqrt(squares / n), min_deviation)
            out[i] = min(max(value, -3e38), 3e38)
