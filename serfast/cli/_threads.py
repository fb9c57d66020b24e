"""The argument --threads, and work on many recordings by so many threads."""

from __future__ import annotations

import argparse
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["add_threads", "in_order"]

Item = TypeVar("Item")
Result = TypeVar("Result")


def add_threads(parser: argparse.ArgumentParser) -> None:
    """Describe the argument."""
    parser.add_argument(
        "--threads",
        type=_threads,
        default=_processors(),
        metavar="N",
        help="recordings at a time (default: the processors, %(default)s here)",
    )


def in_order(
    function: Callable[[Item], Result], items: Iterable[Item], threads: int
) -> Iterator[tuple[Item, Future[Result]]]:
    """Each item with its result to come, few of them waiting at a time, so that memory suffices."""
    pool = ThreadPoolExecutor(threads)
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    try:
        for item in items:
            waiting.append((item, pool.submit(function, item)))
            if len(waiting) > 2 * threads:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        pool.shutdown(cancel_futures=True)


def _processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _threads(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be an int >= 1, got {text!r}")
    return int(text)
