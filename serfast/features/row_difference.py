"""The row difference is the change of a feature since the row before; it waits for no later row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .base import Rows
from .column_track import ColumnTrack
from .computed import Values

__all__ = ["RowDifference"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RowDifference(ColumnTrack):
    """It is each column of a feature less that of the row before; 0 in the first row.

    Parameters
    ----------
    feature : Feature
        The columns of this feature are looked at.
    name : str or None
        The names of the columns begin with it; None is ``difference``.

    Notes
    -----
    :class:`serfast.Delta` is smoother and waits for later rows. pyAudioAnalysis' deltas are these.
    A row costs a subtraction for each column.

    Examples
    --------
    >>> import serfast
    >>> RowDifference(serfast.RMS()).columns
    ('difference_rms',)
    """

    prefix: ClassVar[str] = "difference"
    back: ClassVar[int] = 1

    @property
    def forgiven(self) -> float:  # type: ignore[override]
        """Give twice the share that is forgiven to the feature: a row counts in two differences."""
        return 2 * self.feature.forgiven

    @staticmethod
    def compute(rows: Values, place: int, out: Values) -> None:
        """Compute x[t] - x[t - 1]."""
        for i in range(len(out)):
            out[i] = rows[place, i] - rows[place - 1, i] if place > 0 else 0.0

    def tolerance(self, expected: Rows) -> Rows:
        """Allow what the feature allows its own values, twice.

        They are as large as the sum of their changes at least.
        """
        values = np.cumsum(expected, axis=0)
        return 2 * self.feature.tolerance(values) + self.limit(1e-6, np.abs(values).max(), values)
