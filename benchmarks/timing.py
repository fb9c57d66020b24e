"""How long works take, alone or in turn. This file works without serfast."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

__all__ = ["in_turn", "mean_seconds"]


def mean_seconds(
    call: Callable[[], object], at_least: float, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Call for so long [s], at least once, and give the mean time of a call [s].

    `time.process_time` as the clock leaves out what other processes take.
    """
    calls, begin = 0, clock()
    while (taken := clock() - begin) < at_least or not calls:
        call()
        calls += 1
    return taken / calls


def in_turn(
    works: Mapping[str, Callable[[], object]],
    repeat: int,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, list[float]]:
    """Give the times of each work [s], one for each turn.

    The works take turns, so that whatever the machine does meanwhile hits all of them.

    Parameters
    ----------
    works : mapping
        Functions without arguments by name.
    repeat : int
        Turns.
    clock : function
        It gives the time [s]; `time.thread_time` leaves out what other processes take.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeat):
        for name, work in works.items():
            begin = clock()
            work()
            times[name].append(clock() - begin)
    return times
