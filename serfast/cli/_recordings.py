"""The FILE arguments of `predict` and `extract`: paths, and `-` for standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

from ..errors import AudioError

__all__ = ["STANDARD_INPUT", "named", "source"]

STANDARD_INPUT = Path("-")


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
    """Write the error with the recording's name, which AudioError has in it already."""
    return str(error) if isinstance(error, AudioError) else f"{path}: {error}"
