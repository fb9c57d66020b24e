"""Names and reasons for messages: on one line, and of a length that can be read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

__all__ = ["joined", "listed", "printable", "reason_of"]

SHOWN = 5
"""Most items that a message lists."""


def listed(paths: Sequence[Path]) -> str:
    """Count files and list the names of the first."""
    noun = "file" if len(paths) == 1 else "files"
    names = ", ".join(printable(path.name) for path in paths[:SHOWN])
    more = f"and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return f"{len(paths)} {noun}: {', '.join(filter(None, [names, more]))}"


def joined(items: list[str], separator: str) -> str:
    """Join the first items, and say how many more there are."""
    more = [f"and {len(items) - SHOWN} more"] if len(items) > SHOWN else []
    return separator.join(items[:SHOWN] + more)


def printable(path: str | os.PathLike[str]) -> str:
    r"""Write a path so that it stays on its line: what can't be printed as an escape.

    Examples
    --------
    >>> print(printable("two\nlines.wav"))
    two\nlines.wav
    """
    text = os.fspath(path)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def reason_of(error: OSError | ValueError) -> str:
    """Write why the system refused, in lower case as part of a message."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"{text[0].lower()}{text[1:]}"
