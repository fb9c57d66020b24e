"""Median smoothing takes single outliers out of a track, and leaves its steps as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .. import _checks as checks
from .base import Rows
from .column_track import ColumnTrack
from .computed import Values

__all__ = ["MedianSmoothing"]

MAX_WIDTH = 101
"""The median is taken of at most this many rows; ext/median_smoothing.pxd has room for so many."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MedianSmoothing(ColumnTrack):
    """It is the median of each column over the rows around a row; it has the feature's columns.

    Parameters
    ----------
    feature : Feature
        The columns of this feature are smoothed, such as ``Formants()``.
    width : int
        The median is that of so many rows, an odd number from 1 to 101; the row is in the middle.
        At the ends of a recording there are fewer.
    gaps : bool
        If True, a 0 is a missing value, as in the columns of formants. The median is that of the
        values that are there; it is 0 where half of the rows or more have none. NaN and
        infinity are always missing values.
    name : str or None
        The names of the columns begin with it; None is ``median``: ``f1`` becomes ``median_f1``.

    Notes
    -----
    The median of an even number of values is the mean of the two in the middle. A stream waits for
    (width - 1) / 2 later rows. With ``gaps=False`` it equals ``scipy.ndimage.median_filter`` within
    a recording. The source is Rabiner, Sambur and Schmidt, IEEE Trans. Acoust., Speech, Signal
    Processing 23 (1975), 552-557. A row costs width² / 4 comparisons for each column.

    Examples
    --------
    >>> import serfast
    >>> MedianSmoothing(serfast.Formants(n=1), width=5).columns
    ('median_f1', 'median_b1')
    """

    prefix: ClassVar[str] = "median"

    width: int = 5
    gaps: bool = True

    def __post_init__(self) -> None:
        checks.integer("width", self.width, 1, MAX_WIDTH)
        if self.width % 2 == 0:
            checks.fail("width", "odd", self.width)
        super().__post_init__()

    @property
    def back(self) -> int:
        """Give the number of earlier rows."""
        return self.width // 2

    @property
    def ahead(self) -> int:
        """Give the number of later rows."""
        return self.width // 2

    @property
    def forgiven(self) -> float:  # type: ignore[override]
        """Give the share of rows that is forgiven to the feature itself."""
        return self.feature.forgiven

    @staticmethod
    def compute(rows: Values, gaps: bool, out: Values) -> None:
        """Sort the values of each column that are there, and take the middle."""
        there = np.zeros(len(rows))
        for j in range(len(out)):
            n = 0
            for i in range(len(rows)):
                value = float(rows[i, j])
                if not abs(value) < 3.4e38 or (gaps and value == 0.0):
                    continue
                at = n
                while at > 0 and there[at - 1] > value:
                    there[at] = there[at - 1]
                    at -= 1
                there[at] = value
                n += 1
            if n == 0 or (gaps and 2 * n <= len(rows)):
                out[j] = 0.0
            else:
                out[j] = (there[(n - 1) // 2] + there[n // 2]) / 2.0

    def tolerance(self, expected: Rows) -> Rows:
        """Allow what the feature itself allows: a median is no further off than its values."""
        return self.feature.tolerance(expected)
