"""Running statistics: those of a window that slides over the rows of a stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from . import _checks as checks
from .errors import SerfastError
from .statistics import Statistics

__all__ = ["Recent", "RunningStatistics", "SlidingWindow", "Summary", "checked_rows"]

Rows = np.ndarray[Any, np.dtype[np.float32]]
Vector = np.ndarray[Any, np.dtype[np.float64]]


class Summary(NamedTuple):
    """The statistics of one window."""

    start: int
    """Its first row, counted from the beginning of the stream."""
    stop: int
    """The row after its last."""
    vector: Vector
    """``statistics(rows[start:stop], columns)``, bit for bit."""


class SlidingWindow:
    """Which rows a sliding window covers: the arithmetic alone.

    The window of rows [k * hop, k * hop + window) is due when its last row has come. At the end
    another one, as long or all there is, ends with the last row, if more than half a hop had no
    window yet or there was no window at all.

    Parameters
    ----------
    window, hop : int
        Rows, >= 1.

    Examples
    --------
    >>> sliding = SlidingWindow(window=5, hop=3)
    >>> list(sliding.due(9)), list(sliding.due(11)), sliding.rest(13)
    ([(0, 5), (3, 8)], [(6, 11)], (8, 13))
    """

    __slots__ = ("_hop", "_stop", "_window")

    def __init__(self, window: int, hop: int) -> None:
        self._window = checks.integer("window", window)
        self._hop = checks.integer("hop", hop)
        self._stop = self._window

    def due(self, n_rows: int) -> Iterator[tuple[int, int]]:
        """Give the windows, first to last, that are complete after so many rows, each once."""
        while self._stop <= n_rows:
            stop = self._stop
            self._stop += self._hop
            yield stop - self._window, stop

    def rest(self, n_rows: int) -> tuple[int, int] | None:
        """Give the window at the end, if there is one; n_rows are all, and the due ones given."""
        begun = self._stop > self._window
        left = n_rows - (self._stop - self._hop)
        if n_rows == 0 or (begun and left <= self._hop / 2):
            return None
        return max(0, n_rows - self._window), n_rows

    def reset(self) -> None:
        """Begin again."""
        self._stop = self._window


class Recent:
    """The latest rows of a stream, numbered from its beginning, in one array.

    Rows are written where :attr:`room` says and then counted with :meth:`add`, so that a stream
    can put them there itself. A row is moved about once in its life, and nothing is allocated.

    Parameters
    ----------
    kept : int
        How many of the latest rows can be had, >= 1.
    n_columns : int
    """

    __slots__ = ("_begin", "_filled", "_kept", "_rows")

    def __init__(self, kept: int, n_columns: int) -> None:
        self._kept = kept
        self._rows = np.empty((2 * kept, n_columns), dtype=np.float32)
        self._begin = self._filled = 0

    @property
    def n_rows(self) -> int:
        """How many rows there have been."""
        return self._begin + self._filled

    @property
    def room(self) -> Rows:
        """Where the next rows go; at least one, at most `kept`."""
        if self._filled == len(self._rows):
            self._rows[: self._kept] = self._rows[-self._kept :]
            self._begin += self._filled - self._kept
            self._filled = self._kept
        return self._rows[self._filled : self._filled + self._kept]

    def add(self, n: int) -> None:
        """Count the first `n` rows of the room as written."""
        self._filled += n

    def between(self, start: int, stop: int) -> Rows:
        """View rows `start` to `stop` - 1; they must be among the latest `kept`."""
        return self._rows[start - self._begin : stop - self._begin]

    def extend(self, rows: Rows) -> None:
        """Write rows, of any number, and count them."""
        while len(rows):
            room = self.room[: len(rows)]
            room[:] = rows[: len(room)]
            self.add(len(room))
            rows = rows[len(room) :]

    def reset(self) -> None:
        """Begin again with row 0."""
        self._begin = self._filled = 0


class RunningStatistics:
    """Statistics of a window of rows, every `hop` rows.

    Parameters
    ----------
    statistics : Statistics
    columns : sequence of str
        Names of the rows' columns (``spec.columns``).
    window, hop : int
        Rows, >= 1: at 100 rows a second, 300 and 50 are 3 s every 0.5 s.
    backend : {"native", "numba", "reference"} or None
        What computes the statistics.

    Raises
    ------
    ParameterError
        If an argument breaks its rule, or the statistics name a column that isn't there.

    Notes
    -----
    A window's statistics are computed anew from its rows, by the function that a batch uses, so
    they are equal to the batch's bit for bit. Little could be carried over: trimming, voicing and
    the derivatives' ends depend on where a window begins and ends, and sums that rows are taken
    from again wouldn't stay exact. Only the rows are kept, twice the window at most.

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
            After `flush`.
        """
        if self._flushed:
            raise SerfastError("reset() must come after flush() before more rows")
        checked = checked_rows(rows, self._recent.room.shape[1])
        found = []
        while len(checked):
            room = self._recent.room[: len(checked)]
            room[:] = checked[: len(room)]
            self._recent.add(len(room))
            checked = checked[len(room) :]
            found += [self._summary(*w) for w in self._sliding.due(self._recent.n_rows)]
        return found

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


def checked_rows(rows: Any, n_columns: int) -> Rows:
    """`rows` as a finite array of shape (n, n_columns), or a ParameterError."""
    try:
        with np.errstate(over="ignore"):
            array = np.asarray(rows, dtype=np.float32)
    except (TypeError, ValueError):
        checks.fail("rows", "an array of numbers", rows)
    if array.ndim != 2 or array.shape[1] != n_columns:
        checks.fail("rows", f"of shape (n, {n_columns})", array.shape)
    if not np.isfinite(array).all():
        row, column = np.argwhere(~np.isfinite(array))[0]
        checks.refuse("rows", "finite", f"{array[row, column]} at row {row}, column {column}")
    return array
