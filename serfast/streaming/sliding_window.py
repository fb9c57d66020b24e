"""Here is computed which rows are covered by a window that slides over a stream."""

from __future__ import annotations

from collections.abc import Iterator

from .. import _checks as checks

__all__ = ["SlidingWindow"]


class SlidingWindow:
    """It gives the first row and the end of each window; it holds no rows itself.

    The window of rows [k * hop, k * hop + window) is due when its last row has come. At the end
    of the stream there may be one more window, which ends with the last row. It is as long as the
    others, or holds all rows if there are fewer. It comes if more than half a hop of rows is in
    no window yet, or if there was no window at all.

    Parameters
    ----------
    window, hop : int
        Both are numbers of rows, >= 1.

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
        """Give the windows that are complete after `n_rows` rows, in order, each of them once."""
        while self._stop <= n_rows:
            stop = self._stop
            self._stop += self._hop
            yield stop - self._window, stop

    def rest(self, n_rows: int) -> tuple[int, int] | None:
        """Give the window at the end, or None; `n_rows` counts all rows, and `due` came first."""
        begun = self._stop > self._window
        left = n_rows - (self._stop - self._hop)
        if n_rows == 0 or (begun and left <= self._hop / 2):
            return None
        return max(0, n_rows - self._window), n_rows

    def reset(self) -> None:
        """Begin again with row 0."""
        self._stop = self._window
