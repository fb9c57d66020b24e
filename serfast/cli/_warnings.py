"""Warnings of the command line: one line each, with the file that they are about."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

from ..corpora.messages import printable
from ..thread_warnings import taken_by, taker

__all__ = ["show_warnings", "shown_as_lines", "shown_once"]


@contextmanager
def shown_once(write: Callable[[str], object]) -> Iterator[None]:
    """Have this thread's warnings written by a function meanwhile; the same one is written once.

    The trainings of all folds may warn of the same thing.
    """
    seen: set[str] = set()

    def take(text: str) -> None:
        if text not in seen:
            seen.add(text)
            write(f"serfast: warning: {text}")

    with taken_by(take):
        yield


def show_warnings(
    path: os.PathLike[str], messages: Iterable[str], write: Callable[[str], object]
) -> None:
    """Show what was collected about a recording, with its name."""
    name = printable(path)
    for message in messages:
        write(f"serfast: warning: {name}: {message.removeprefix(f'{name}: ')}")


@contextmanager
def shown_as_lines() -> Iterator[None]:
    """Show warnings as one line each meanwhile; the same one about two files is shown twice.

    What the user chose for warnings, with ``python -W`` or PYTHONWARNINGS, stays.
    """
    with warnings.catch_warnings():
        if not sys.warnoptions:
            warnings.simplefilter("always", UserWarning)
        warnings.showwarning = _show
        yield


def _show(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Show a warning, without Python's source line."""
    text = " ".join(str(message).split())
    take = taker()
    if take is None:
        print(f"serfast: warning: {text}", file=sys.stderr)
    else:
        take(text)
