"""The FILE arguments of `predict` and `extract`: paths, and `-` for standard input."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
    result, seen = Found(), _Seen()
    for argument in arguments:
        if not _is_folder(argument):
            result.paths.extend([argument] if again else seen.new([argument]))
            continue
        inner = search(argument)
        result.problems.extend(inner.problems)
        result.passed_over.update(inner.passed_over)
        result.paths.extend(inner.paths if again else seen.new(inner.paths))
        if not inner.paths and not inner.problems:
            rest = inner.rest() and f": {inner.rest()}"
            result.problems.append(f"{printable(argument)}: no recordings in this folder{rest}")
    return result


class _Seen:
    """Which paths the arguments before have given, where `x/../a.wav` is `a.wav` again.

    Each path's key is only kept once two arguments have files in one folder: there may be a million
    of them.
    """

    def __init__(self) -> None:
        self._folders: set[Path] = set()
        self._waiting: list[Sequence[Path]] = []
        self._keys: set[tuple[Path, str]] = set()

    def new(self, paths: Sequence[Path]) -> Sequence[Path]:
        """Give those of one argument's paths, which are different ones, that are new."""
        folders = {as_written(folder) for folder in {path.parent for path in paths}}
        are_apart = folders.isdisjoint(self._folders)
        self._folders |= folders
        if are_apart:
            self._waiting.append(paths)
            return paths
        for before in self._waiting:
            self._keys.update(key for _, key in self._keyed(before))
        self._waiting.clear()
        new = [path for path, key in self._keyed(paths) if key not in self._keys]
        self._keys.update(key for _, key in self._keyed(new))
        return new

    @staticmethod
    def _keyed(paths: Iterable[Path]) -> Iterator[tuple[Path, tuple[Path, str]]]:
        written: dict[Path, Path] = {}
        for path in paths:
            folder = written.get(path.parent) or as_written(path.parent)
            written[path.parent] = folder
            yield path, (folder, path.name)


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
