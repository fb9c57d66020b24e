"""Work on many recordings by several threads, whose results come in the recordings' order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread, current_thread
from typing import TypeVar

__all__ = ["in_order"]

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    function: Callable[[Item], Result], items: Iterable[Item], threads: int, ahead: int = 0
) -> Iterator[tuple[Item, Future[Result]]]:
    """Each item with its result to come, few of them waiting at a time, so that memory suffices.

    With small results `ahead` more may wait, so that the threads go on while these are written.
    Closing it waits for the threads.
    """
    workers: set[Thread] = set()
    pool = ThreadPoolExecutor(threads, initializer=lambda: workers.add(current_thread()))
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    try:
        for item in items:
            waiting.append((item, pool.submit(function, item)))
            if len(waiting) > 2 * threads + ahead:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        # One that an error left open is closed by the garbage collector, in whichever thread that
        # runs; a worker can't wait for itself.
        pool.shutdown(wait=current_thread() not in workers, cancel_futures=True)
