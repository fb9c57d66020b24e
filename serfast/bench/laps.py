"""One piece of work, again and again, each time measured by itself."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple

__all__ = ["Laps", "laps"]


class Laps(NamedTuple):
    """How long each lap took, and how much of the time the processor did something else."""

    seconds: list[float]
    waited: float
    """Share of the time in which this process didn't run, 0 to 1; meant for one busy thread."""

    @property
    def median(self) -> float:
        """Median of the laps [s]."""
        return median(self.seconds)


def laps(work: Callable[[], object], seconds: float, least: int = 5) -> Laps:
    """Work until the time is over, and at least so many times; the first time doesn't count.

    Parameters
    ----------
    work : function
        Called without arguments.
    seconds : float
        How long [s].
    least : int
        Laps, however long they take.

    Returns
    -------
    Laps

    Examples
    --------
    >>> len(laps(lambda: None, seconds=0, least=3).seconds)
    3
    """
    work()
    taken: list[float] = []
    begun, busy = perf_counter(), process_time()
    now = begun
    while len(taken) < least or now < begun + seconds:
        work()
        before, now = now, perf_counter()
        taken.append(now - before)
    wall = now - begun
    return Laps(taken, max(0.0, 1 - (process_time() - busy) / wall) if wall else 0.0)
