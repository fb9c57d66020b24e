"""Utterance normalisation takes away the mean of all rows of a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Feature, Rows
from .column_track import ColumnTrack
from .computed import Values
from .mel import LogMel

__all__ = ["UtteranceNormalization"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class UtteranceNormalization(ColumnTrack):
    """It is a feature less its mean in the whole recording, over its deviation there if wanted.

    Parameters
    ----------
    feature : Feature
        The columns of this feature are normalised: log spectra or cepstra as a rule.
    deviation : bool
        If True, the difference from the mean is divided by the standard deviation of all rows.
    min_deviation : float
        Smaller deviations are raised to it, in the columns' unit, 1e-10 to 1e6.
    name : str or None
        The names of the columns begin with it; None is ``utterance``.

    Notes
    -----
    It is cepstral mean (and variance) normalisation: Atal, Journal of the Acoustical Society of
    America 55 (1974), 1304-1312; Viikki and Laurila, Speech Communication 25 (1998), 133-147. The
    formulas are those of Kaldi's apply-cmvn with the statistics of the recording alone, which
    divides by the number of rows and raises variances to 1e-20: ``min_deviation=1e-10``. It agrees
    with that to 1e-5 of the columns' unit. A value that isn't finite counts for nothing and gives
    0. A row depends on the whole recording, so a stream is refused; `SlidingNormalization` has the
    mean of a window, and `RunningNormalization` and `PriorNormalization` that of the rows so far.
    A row costs two additions and a multiplication for each column.

    Examples
    --------
    >>> import numpy as np, serfast
    >>> track = UtteranceNormalization(serfast.LogMel(n_mels=2))
    >>> track.columns
    ('utterance_logmel_0', 'utterance_logmel_1')
    >>> spec = serfast.FeatureSpec(features=[track])
    >>> rows = serfast.Extractor(spec)(np.random.default_rng(0).normal(size=16000))
    >>> bool(abs(rows.mean(axis=0)).max() < 1e-4)
    True
    """

    prefix: ClassVar[str] = "utterance"
    passes: ClassVar[int] = 3

    deviation: bool = False
    min_deviation: float = 1e-5

    @property
    def units(self) -> tuple[str, ...]:
        return ("1",) * len(self.columns) if self.deviation else self.feature.units

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.boolean("deviation", self.deviation)
        checks.number("min_deviation", self.min_deviation, minimum=1e-10, maximum=1e6)

    @classmethod
    def example(cls) -> Feature:
        """Give that of a log-mel spectrum, for tests, benchmarks and pages."""
        return cls(LogMel())

    @property
    def state_size(self) -> int:
        """Give the pass, and a count of rows, a mean and a mean square for each column."""
        return 1 + 3 * len(self.feature.columns)

    @property
    def for_streams(self) -> str:
        """Give the advice for streams, which can't know the rows to come."""
        return (
            "use SlidingNormalization, PriorNormalization or RunningNormalization (a stream can't "
            "know the mean of the rows to come)"
        )

    def tolerance(self, expected: Rows) -> Rows:
        """Allow 0.001 of the largest value, and of 1: of equal rows only rounding is left."""
        scale = np.abs(expected).max(axis=0, initial=1.0)
        return self.limit(1e-3, scale, expected)

    @staticmethod
    def compute(
        rows: Values, place: int, state: Any, deviation: bool, min_deviation: float, out: Values
    ) -> None:
        """Take the mean in the first pass, the deviation in the second, and both away in the last.

        The mean moves on from row to row, mean += (x - mean) / n, so that no sum grows with the
        recording. The second pass knows how many rows there are.
        """
        for i in range(len(out)):
            x = np.float64(rows[place, i])
            out[i] = 0.0
            if not abs(x) < 3e38:  # infinity or NaN: it would be the mean of the whole recording
                continue
            count, mean, square = 1 + 3 * i, 2 + 3 * i, 3 + 3 * i
            if state[0] == 0.0:
                state[count] += 1.0
                state[mean] += (x - state[mean]) / state[count]
                continue
            x -= state[mean]
            if state[0] == 1.0:
                state[square] += x * x / state[count]
                continue
            if deviation:
                x /= max(np.sqrt(state[square]), min_deviation)
            out[i] = min(max(x, -3e38), 3e38)
