"""RASTA filters each column over time, so that what changes too slowly for speech goes away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Feature
from .column_track import ColumnTrack
from .computed import Values
from .mel import LogMel

__all__ = ["RASTA"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RASTA(ColumnTrack):
    """RASTA is the band-passed course of a log spectrum over time; it has the feature's columns.

    Parameters
    ----------
    feature : Feature
        The columns of this feature are filtered: log spectra as a rule, in which a channel and a
        gain are constants.
    pole : float
        It is the pole of the filter, 0 to 0.9999. 0.98 is the paper's and 0.94 is usual too; the
        larger it is, the slower are the changes that pass.
    name : str or None
        The names of the columns begin with it; None is ``rasta``.

    Notes
    -----
    It is y[t] = pole · y[t-1] + 0.1 (2 x[t] + x[t-1] - x[t-3] - 2 x[t-4]). The first four rows,
    which have no x[t-4], are 0, and the recursion begins behind them. A constant that is added to
    x, such as a gain, therefore changes nothing but rounding. The filter looks at no later row (the
    paper's is the same, four rows ahead), so what it gives is some two rows late. It was made for
    100 rows per second, where it passes 1 to 12 Hz; at another rate the band moves along. It agrees
    with ``scipy.signal.lfilter`` to 1e-6 of the largest value. The source is Hermansky and Morgan,
    IEEE Transactions on Speech and Audio Processing 2 (1994), 578-589, equation 2. A row costs
    five multiplications for each column.

    Examples
    --------
    >>> import serfast
    >>> RASTA(serfast.LogMel(n_mels=2), pole=0.94).columns
    ('rasta_logmel_0', 'rasta_logmel_1')
    """

    prefix: ClassVar[str] = "rasta"
    back: ClassVar[int] = 4

    pole: float = 0.98

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number("pole", self.pole, minimum=0, maximum=0.9999)

    @classmethod
    def example(cls) -> Feature:
        """Give that of a log-mel spectrum, for tests, benchmarks and pages."""
        return cls(LogMel())

    @property
    def state_size(self) -> int:
        """Give one number for each column: the row before."""
        return len(self.feature.columns)

    @staticmethod
    def compute(rows: Values, place: int, state: Any, pole: float, out: Values) -> None:
        """Compute y[t] = pole · y[t-1] + 0.1 (2 x[t] + x[t-1] - x[t-3] - 2 x[t-4])."""
        for i in range(len(out)):
            out[i] = 0.0
            if place == 4:
                outer = np.float64(rows[4, i]) - np.float64(rows[0, i])
                inner = np.float64(rows[3, i]) - np.float64(rows[1, i])
                value = pole * state[i] + 0.1 * (2.0 * outer + inner)
                if not abs(value) > 1e-60:  # denormal numbers are slow; NaN would stay
                    value = 0.0
                state[i] = min(max(value, -3e38), 3e38)
                out[i] = state[i]
