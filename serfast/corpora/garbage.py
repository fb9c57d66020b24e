"""The search for garbage waits while very many objects are made, none of which is garbage."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collection_waits"]


class _Blocks:
    """The blocks in which the collector is off, of all threads: the last one turns it on again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: list[int] = []
        self._was_on = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self._lock.acquire,
                after_in_parent=self._lock.release,
                after_in_child=self._forked,
            )

    def begin(self) -> None:
        with self._lock:
            if not self._threads:
                self._was_on = gc.isenabled()
                gc.disable()
            self._threads.append(threading.get_ident())

    def end(self) -> None:
        with self._lock:
            self._threads.remove(threading.get_ident())
            self._turn_on()

    def _forked(self) -> None:
        """Forget the blocks of the other threads, which the child process doesn't have."""
        here, were_any = threading.get_ident(), bool(self._threads)
        self._threads = [thread for thread in self._threads if thread == here]
        if were_any:
            self._turn_on()
        self._lock.release()

    def _turn_on(self) -> None:
        if self._was_on and not self._threads:
            gc.enable()


_BLOCKS = _Blocks()


@contextmanager
def collection_waits() -> Iterator[None]:
    """Keep Python from looking at all objects over and over while their number grows.

    Of the time that a list of a million recordings takes, that is half. What refers to itself in a
    circle is freed afterwards; everything else is freed as always. Where the collector is off, it
    stays so. Blocks in several threads may overlap.

    Examples
    --------
    >>> with collection_waits():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    _BLOCKS.begin()
    try:
        yield
    finally:
        _BLOCKS.end()
