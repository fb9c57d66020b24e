"""Running statistics are those of a window that slides over the rows of a stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import _checks as checks
from ..errors import SerfastError
from ..statistics.statistics import Statistics
from .recent_rows import Recent, checked_rows
from .sliding_window import SlidingWindow

__all__ = ["RunningStatistics", "Summary"]

Rows = np.ndarray[Any, np.dtype[np.float32]]
Vector = np.ndarray[Any, np.dtype[np.float64]]


class Summary(NamedTuple):
    """A summary holds the statistics of one window."""

    start: int
    """This is the window's first row, counted from the beginning of the stream."""
    stop: int
    """This is the row after the window's last one."""
    vector: Vector
    """It equals ``statistics(rows[start:stop], columns)`` bit for bit."""


class RunningStatistics:
    """It gives the statistics of a window of rows, every `hop` rows.

    Parameters
    ----------
    statistics : Statistics
    columns : sequence of str
        These are the names of the rows' columns (``spec.columns``).
    window, hop : int
        Both are numbers of rows, >= 1: at 100 rows a second, 300 and 50 mean 3 s every 0.5 s.
    backend : {"native", "numba", "reference"} or None
        It computes the statistics.

    Raises
    ------
    ParameterError
        If an argument breaks its rule, or the statistics name a column that isn't there.

    Notes
    -----
    The statistics of a window are computed anew from its rows, by the function that a batch uses,
    so they equal the batch's bit for bit. Each window therefore costs as much as one call of the
    statistics. Little could be reused from the window before: trimming, voicing and the
    derivatives' ends depend on where a window begins and ends, and sums from which old rows are
    subtracted wouldn't stay exact. Only rows are kept, at most twice the window.

    Examples
    --------
    >>> running = RunningStatistics(
    ...     Statistics(functionals=("mean",), deltas=0), ["rms"], window=3, hop=3)
    >>> running.accept([[1.0], [2.0]])
    []
    >>> running.accept([[6.0], [8.0]])
    [Summary(start=0, stop=3, vector=array([3.]))]
    >>> running.accept([[1.0]]), running.flush()
    ([], [Summary(start=2, stop=5, vector=array([5.]))])
    """

    __slots__ = ("_flushed", "_recent", "_sliding", "_vector")

    def __init__(
        self,
        statistics: Statistics,
        columns: Sequence[str],
        *,
        window: int,
        hop: int,
        backend: str | None = None,
    ) -> None:
        if not isinstance(statistics, Statistics):
            checks.fail("statistics", "a Statistics", statistics)
        self._vector = statistics.over(columns, backend=backend)
        self._sliding = SlidingWindow(window, hop)
        self._recent = Recent(window, len(columns))
        self._flushed = False

    def accept(self, rows: Any) -> list[Summary]:
        """Take the next rows; give the statistics of the windows that they complete.

        Parameters
        ----------
        rows : array_like of float32, shape (n, n_columns)
            n >= 0; float64 is rounded.

        Returns
        -------
        list of Summary

        Raises
        ------
        ParameterError
            If rows have another shape or aren't finite; the state is unchanged then.
        SerfastError
            If the call comes after `flush`.
        """
        if self._flushed:
            raise SerfastError("reset() must come after flush() before more rows")
        checked = checked_rows(rows, self._recent.room.shape[1])
        summaries = []
        while len(checked):
            room = self._recent.room[: len(checked)]
            room[:] = checked[: len(room)]
            self._recent.add(len(room))
            checked = checked[len(room) :]
            summaries += [self._summary(*w) for w in self._sliding.due(self._recent.n_rows)]
        return summaries

    def flush(self) -> list[Summary]:
        """End the stream; give the statistics of its last rows, as :class:`SlidingWindow` says."""
        rest = None if self._flushed else self._sliding.rest(self._recent.n_rows)
        self._flushed = True
        return [self._summary(*rest)] if rest else []

    def reset(self) -> None:
        """Forget all rows."""
        self._recent.reset()
        self._sliding.reset()
        self._flushed = False

    def _summary(self, start: int, stop: int) -> Summary:
        rows = self._recent.between(start, stop)
        return Summary(start, stop, self._vector(rows))
