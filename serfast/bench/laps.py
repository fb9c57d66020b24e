"""A piece of work is timed here, each time that it is done, with the standard library alone.

The repository's benchmarks also load it by its path, in interpreters that don't have serfast.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from itertools import cycle
from math import inf
from statistics import median
from time import perf_counter, perf_counter_ns, process_time
from typing import Any, NamedTuple

__all__ = ["Laps", "call_times", "laps"]

BETWEEN_LOOKS = 100
"""After so many calls the clock is read, to see whether the time is over."""


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
    return Laps(taken, waited_share(now - begun, process_time() - busy))


def call_times(
    call: Callable[[Any], object],
    arguments: Iterable[Any],
    *,
    warm_up: int,
    calls: int,
    seconds: float = inf,
) -> tuple[array[int], float]:
    """Time each call by itself, one after the other without a pause.

    Parameters
    ----------
    call : function
        Called with one argument.
    arguments : iterable
        One for each call; after the last one comes the first one again.
    warm_up : int
        Calls that aren't timed, before the others.
    calls : int
        Calls that are timed, at most.
    seconds : float
        After so long [s] the calls end.

    Returns
    -------
    times : array of int
        Duration of each call [ns].
    waited : float
        As that of `Laps`.

    Examples
    --------
    >>> times, waited = call_times(abs, [1, -1], warm_up=2, calls=5)
    >>> len(times)
    5
    """
    turns = cycle(arguments)
    for _ in range(warm_up):
        call(next(turns))
    times = array("q")
    begun, busy = perf_counter(), process_time()
    while len(times) < calls and perf_counter() < begun + seconds:
        for _ in range(min(BETWEEN_LOOKS, calls - len(times))):
            argument = next(turns)
            start = perf_counter_ns()
            call(argument)
            times.append(perf_counter_ns() - start)
    return times, waited_share(perf_counter() - begun, process_time() - busy)


def waited_share(wall: float, busy: float) -> float:
    """Give the share of a time in which the process didn't run: it was busy for the rest.

    Examples
    --------
    >>> waited_share(wall=2.0, busy=1.5)
    0.25
    """
    return max(0.0, 1 - busy / wall) if wall else 0.0
