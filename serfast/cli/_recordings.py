"""The FILE arguments of `predict` and `extract`: paths, and `-` for standard input."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from ..corpora.messages import printable, reason_of
from ..corpora.searching import Found, search
from ..errors import AudioError
from ..files import as_written
from ._output import one_line

__all__ = ["STANDARD_INPUT", "as_texts", "find", "named", "source"]

STANDARD_INPUT = Path("-")


def find(arguments: Iterable[Path], again: bool = False) -> Found:
    """Find the recordings that the arguments mean: files, and those in folders.

    Each comes once, but two links to one file are two recordings. A folder without any is a
    problem. With `again` a recording comes as often as it is given.
    """
    result = Found()
    paths: dict[object, Path] = {}  # x/../a.wav is a.wav again

    def add(path: Path) -> None:
        paths.setdefault(len(paths) if again else as_written(path), path)

    for argument in arguments:
        if not _is_folder(argument):
            add(argument)
            continue
        inner = search(argument)
        result.problems.extend(inner.problems)
        result.passed_over.update(inner.passed_over)
        for path in inner.paths:
            add(path)
        if not inner.paths and not inner.problems:
            rest = inner.rest() and f": {inner.rest()}"
            result.problems.append(f"{printable(argument)}: no recordings in this folder{rest}")
    result.paths.extend(paths.values())
    return result


def as_texts(paths: Iterable[Path]) -> dict[Path, str]:
    r"""Give for each path the text that stands for it in a table or in JSON, which is UTF-8.

    Bytes of a name that aren't UTF-8 become U+FFFD. If two names became one text so, each such byte
    is written as an escape instead, as in ``\xff``.
    """
    given = list(paths)
    texts = {path: os.fsencode(path).decode("utf-8", "replace") for path in given}
    counts = Counter(texts.values())
    for path, text in texts.items():
        if counts[text] > 1:
            texts[path] = os.fsencode(path).decode("utf-8", "backslashreplace")
    return texts


def source(path: Path) -> Path | BinaryIO:
    """Give what `load` reads for this argument.

    Raises
    ------
    AudioError
        Standard input is asked for, but is closed or a terminal.
    """
    if path != STANDARD_INPUT:
        return path
    if sys.stdin is None:
        raise AudioError("standard input: is closed")
    if sys.stdin.isatty():
        raise AudioError("standard input: is a terminal, not a recording")
    return sys.stdin.buffer


def named(path: Path, error: Exception) -> str:
    """Write the error on one line with the recording's name, which AudioError has already."""
    if isinstance(error, AudioError):
        return printable(str(error))
    if isinstance(error, MemoryError):
        return f"{printable(path)}: {one_line(error)}"
    reason = reason_of(error) if isinstance(error, OSError) else str(error)
    return f"{printable(path)}: {reason}"


def _is_folder(path: Path) -> bool:
    """Tell whether it is a folder; what can't be looked at is reported when it is read."""
    try:
        return path.is_dir()
    except OSError:
        return False
