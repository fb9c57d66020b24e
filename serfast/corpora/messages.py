"""Lists of offenders, cut to a length that can be read in a message."""

from __future__ import annotations

from pathlib import Path

__all__ = ["joined", "listed"]

SHOWN = 5
"""Most items that a message lists."""


def listed(paths: list[Path]) -> str:
    """Count files and list their names."""
    noun = "file" if len(paths) == 1 else "files"
    return f"{len(paths)} {noun}: {joined([path.name for path in paths], ', ')}"


def joined(items: list[str], separator: str) -> str:
    """Join the first items, and say how many more there are."""
    more = [f"and {len(items) - SHOWN} more"] if len(items) > SHOWN else []
    return separator.join(items[:SHOWN] + more)
