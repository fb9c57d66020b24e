"""Which rows a window covers that slides over a stream: the arithmetic alone."""

from __future__ import annotations

from collections.abc import Iterator

from .. import _checks as checks

__all__ = ["SlidingWindow"]


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
