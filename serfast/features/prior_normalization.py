"""Prior normalisation takes away the mean of the last rows, together with one known beforehand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Feature
from .column_track import ColumnTrack
from .computed import Values
from .mel import LogMel
from .track import MAX_WINDOW

__all__ = ["PriorNormalization"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PriorNormalization(ColumnTrack):
    """It is a feature less the mean of the last rows and of a prior, for streams from row 0 on.

    Parameters
    ----------
    feature : Feature
        The columns of this feature are normalised: log spectra or cepstra as a rule.
    prior_mean : tuple of float
        It has the mean of each column in many recordings. One number stands for all columns.
    prior_deviation : tuple of float
        It has the standard deviations there, >= 0. One number stands for all columns.
    prior_rows : float
        The prior counts as so many rows, as far as the window isn't full of rows, >= 0.
    window : int
        The last rows, this one included, count: this many at most, 1 to 1001.
    deviation : bool
        If True, the difference from the mean is divided by the standard deviation.
    min_deviation : float
        Smaller deviations are raised to it, in the columns' unit, 1e-9 to 1e6.
    name : str or None
        The names of the columns begin with it; None is ``prior``.

    Notes
    -----
    With n rows in the window, the prior has the weight w = min(prior_rows, window - n). The mean
    is (Σ x + w μ) / (n + w), and the mean square (Σ x² + w (σ² + μ²)) / (n + w). These are Kaldi's
    formulas for online decoding (OnlineCmvn) without statistics of the speaker, and its defaults;
    it agrees with them to 1e-5 of the columns' unit. It looks at no later row. A row costs two
    additions for each column and each row of the window.

    Examples
    --------
    >>> import serfast
    >>> PriorNormalization(serfast.LogMel(n_mels=2), prior_mean=(-40.0, -45.0)).columns
    ('prior_logmel_0', 'prior_logmel_1')
    """

    prefix: ClassVar[str] = "prior"

    prior_mean: tuple[float, ...] = (0.0,)
    prior_deviation: tuple[float, ...] = (1.0,)
    prior_rows: float = 200.0
    window: int = 600
    deviation: bool = False
    min_deviation: float = 1e-5

    def __post_init__(self) -> None:
        checks.integer("window", self.window, 1, MAX_WINDOW)
        super().__post_init__()
        for name in ("prior_mean", "prior_deviation"):
            object.__setattr__(self, name, self._of_columns(name))
        checks.number("prior_rows", self.prior_rows, minimum=0, maximum=1e9)
        checks.boolean("deviation", self.deviation)
        checks.number("min_deviation", self.min_deviation, minimum=1e-9, maximum=1e6)

    @property
    def units(self) -> tuple[str, ...]:
        return ("1",) * len(self.columns) if self.deviation else self.feature.units

    def _of_columns(self, name: str) -> tuple[float, ...]:
        """Give a field's numbers, one for all columns or one for each."""
        n = len(self.feature.columns)
        given = np.atleast_1d(getattr(self, name)).tolist()
        if len(given) not in (1, n):
            checks.refuse(name, f"1 number or {n} (a number for each column)", f"{len(given)}")
        least = 0.0 if name == "prior_deviation" else -1e18
        return tuple(
            checks.number(f"{name}[{i}]", x, minimum=least, maximum=1e18)
            for i, x in enumerate(given)
        )

    @classmethod
    def example(cls) -> Feature:
        """Give that of a log-mel spectrum, for tests, benchmarks and pages."""
        return cls(LogMel(), prior_mean=(-30.0,), prior_deviation=(10.0,), window=50)

    @property
    def back(self) -> int:
        """Give the number of earlier rows that count."""
        return self.window - 1

    @property
    def state_size(self) -> int:
        """Give the prior's mean and mean square for each column."""
        return 2 * len(self.feature.columns)

    @property
    def initial_state(self) -> tuple[float, ...]:
        """Give the prior's mean and mean square for each column, which no row changes."""
        n = len(self.feature.columns)
        means = self.prior_mean * (n // len(self.prior_mean))
        deviations = self.prior_deviation * (n // len(self.prior_deviation))
        pairs = zip(means, deviations, strict=True)
        return tuple(x for m, d in pairs for x in (m, math.fsum((m * m, d * d))))

    @staticmethod
    def compute(
        rows: Values,
        place: int,
        state: Any,
        prior_rows: float,
        window: int,
        deviation: bool,
        min_deviation: float,
        out: Values,
    ) -> None:
        """Take the mean, and the deviation, of the rows and the prior."""
        n = place + 1
        weight = min(prior_rows, float(window - n))
        for i in range(len(out)):
            mean, square = weight * state[2 * i], weight * state[2 * i + 1]
            for k in range(n):
                x = min(max(np.float64(rows[k, i]), -3e38), 3e38)
                mean += x
                square += x * x
            mean /= n + weight
            square /= n + weight
            value = min(max(np.float64(rows[place, i]), -3e38), 3e38) - mean
            if deviation:
                value /= max(np.sqrt(max(square - mean * mean, 0.0)), min_deviation)
            out[i] = min(max(value, -3e38), 3e38)
