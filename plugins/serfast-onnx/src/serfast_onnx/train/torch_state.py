"""torch's threads and random numbers are the whole process's: they are borrowed and given back.

Trainings in several threads borrow the same ones: the first finds what there was, and the last
gives it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import torch

from serfast.forking import forks_wait

__all__ = ["one_thread", "seeded"]

_lock = Lock()
_before: list[int] = []
"""It has the number of threads that torch had, once for each training that runs."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch work on one thread meanwhile, so that sums have one order."""
    with forks_wait, _lock:
        _before.append(_before[0] if _before else torch.get_num_threads())
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with forks_wait, _lock:
            threads = _before.pop()
            if not _before:
                torch.set_num_threads(threads)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let torch draw by this seed meanwhile, one thread at a time; then go on as if it hadn't."""
    with forks_wait, _lock, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
