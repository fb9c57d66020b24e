"""Running normalisation takes away the mean of what was heard so far from every column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Feature
from .column_track import ColumnTrack
from .computed import Values
from .mel import LogMel

__all__ = ["RunningNormalization"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RunningNormalization(ColumnTrack):
    """It is a feature less its running mean, over its running deviation if wanted.

    Parameters
    ----------
    feature : Feature
        The columns of this feature are normalised: log spectra or cepstra as a rule, to which a
        gain and a channel are added.
    time_constant : float
        Rows that are older than this are forgotten exponentially [s], > 0 and <= 1e4.
    together : bool
        If False, each column has a mean of its own, which takes away gain and channel. If True,
        the columns have one mean in common, which takes away the gain only and leaves the
        spectrum's shape.
    deviation : bool
        If True, the difference from the mean is divided by the running standard deviation: each
        column's own, or the common one.
    min_deviation : float
        Smaller deviations are raised to it, in the columns' unit, 1e-6 to 1e6.
    name : str or None
        The names of the columns begin with it; None is ``normalized``.

    Notes
    -----
    A row counts with itself and all rows before it, with the weight exp(-age / time_constant),
    and the weights are divided by their sum. So the first row is 0 for columns with their own
    means, and the mean has no bias at the beginning. Mean and variance move on as in West,
    Communications of the ACM 22 (1979), 532-535. On log-mel spectra, rows differ by float32's
    rounding only between gains as long as no band falls below ``amin``. The method is known as
    cepstral mean (and variance) normalisation: Atal, Journal of the Acoustical Society of America
    55 (1974), 1304-1312; Viikki and Laurila, Speech Communication 25 (1998), 133-147. It looks at
    no later row. A row costs an exponential, and two multiplications for each column.

    Examples
    --------
    >>> import serfast
    >>> RunningNormalization(serfast.LogMel(n_mels=2)).columns
    ('normalized_logmel_0', 'normalized_logmel_1')
    """

    prefix: ClassVar[str] = "normalized"

    time_constant: float = 3.0
    together: bool = False
    deviation: bool = False
    min_deviation: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number("time_constant", self.time_constant, above=0, maximum=1e4)
        checks.boolean("together", self.together)
        checks.boolean("deviation", self.deviation)
        checks.number("min_deviation", self.min_deviation, minimum=1e-6, maximum=1e6)

    @property
    def units(self) -> tuple[str, ...]:
        return ("1",) * len(self.columns) if self.deviation else self.feature.units

    @classmethod
    def example(cls) -> Feature:
        """Give that of a log-mel spectrum, for tests, benchmarks and pages."""
        return cls(LogMel())

    @property
    def state_size(self) -> int:
        """Give the sum of the weights, and a mean and a variance for each column."""
        return 1 + 2 * len(self.feature.columns)

    @staticmethod
    def compute(
        rows: Values,
        place: int,
        state: Any,
        row_rate: float,
        time_constant: float,
        together: bool,
        deviation: bool,
        min_deviation: float,
        out: Values,
    ) -> None:
        """Move mean and variance on by the row, and normalise the row by them.

        With d = x - mean and a, the row's share of all weights: mean += a d, and
        variance = (1 - a) (variance + a d²) + a · (variance within the row, 0 of one column).
        """
        n = len(out)
        size = n if together else 1  # columns that have one mean
        decay = np.exp(-min(1.0 / (time_constant * row_rate), 700.0))
        state[0] = decay * state[0] + 1.0
        share = 1.0 / state[0]
        for k in range(n // size):
            mean, spread = 0.0, 0.0
            for i in range(k * size, (k + 1) * size):
                mean += np.float64(rows[place, i]) / size
            if not abs(mean) < 3e38:  # infinity or NaN: it would stay in the mean
                for i in range(k * size, (k + 1) * size):
                    out[i] = 0.0
                continue
            for i in range(k * size, (k + 1) * size):
                spread += (rows[place, i] - mean) ** 2 / size
            difference = mean - state[1 + 2 * k]
            if state[0] == 1.0:
                difference = 0.0
                state[1 + 2 * k] = mean
            state[1 + 2 * k] += share * difference
            variance = (1.0 - share) * (state[2 + 2 * k] + share * difference**2)
            state[2 + 2 * k] = max(variance + share * spread, 1e-100)  # denormal numbers are slow
            scale = max(np.sqrt(state[2 + 2 * k]), min_deviation) if deviation else 1.0
            for i in range(k * size, (k + 1) * size):
                value = (np.float64(rows[place, i]) - state[1 + 2 * k]) / scale
                out[i] = min(max(value, -3e38), 3e38)
