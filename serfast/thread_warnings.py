"""A thread's warnings, taken by a function or collected, while other threads' are shown as ever."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

__all__ = ["collected", "collected_here", "taken_by", "taker"]

_here = threading.local()

Take = Callable[[str], object]


def taker() -> Take | None:
    """Give the function that takes this thread's warnings at present."""
    take: Take | None = getattr(_here, "take", None)
    return take


@contextmanager
def taken_by(take: Take) -> Iterator[None]:
    """Have this thread's warnings taken by a function meanwhile, instead of being shown.

    Whoever shows warnings asks :func:`taker`: the command line does.
    """
    before = taker()
    _here.take = take
    try:
        yield
    finally:
        _here.take = before


@contextmanager
def collected() -> Iterator[list[str]]:
    """Give the list that this thread's warnings are added to meanwhile, instead of being shown.

    Another thread's warnings are not in it, so that each recording has its own.
    """
    messages: list[str] = []
    with taken_by(messages.append):
        yield messages


@contextmanager
def collected_here() -> Iterator[list[str]]:
    """Collect them where nobody asks for the taker: in a process that isn't the command line's.

    Several threads may do so at a time. Meanwhile Python calls another function for every warning,
    and shows each UserWarning again, however often it was shown; in the end all is as before.
    """
    with _asking, collected() as messages:
        yield messages


class _Asking:
    """Has Python ask for the taker while a thread needs it; threads come and go in any order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_threads = 0

    def __enter__(self) -> None:
        with self._lock:
            self._n_threads += 1
            if self._n_threads == 1:
                self._before = warnings.catch_warnings()
                self._before.__enter__()
                self._show = warnings.showwarning
                warnings.simplefilter("always", UserWarning)
                warnings.showwarning = self._given

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._n_threads -= 1
            if not self._n_threads:
                self._before.__exit__(None, None, None)

    def _given(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        take = taker()
        if take is None or not issubclass(category, UserWarning):
            self._show(message, category, filename, lineno, file, line)
        else:
            take(str(message))


_asking = _Asking()
