"""Writing a part of a dataset: recordings computed, their rows in a table, and what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ..errors import AudioError, SerfastError
from .dataset_content import Content
from .dataset_parts import mark_of
from .messages import printable, reason_of
from .source_list import Source

__all__ = ["Computed", "compute", "fill"]

Computed = tuple[dict[str, Any], Any]
"""By what the file is known, and what the table takes or the error."""


def compute(content: Content, source: Source) -> Computed:
    """Compute what a table takes of a recording; an error stands in its place."""
    mark = mark_of(source.path)  # before it is read, so that a later change is noticed
    try:
        return mark, content.compute(source)
    except (SerfastError, OSError, MemoryError) as error:
        return mark, error


def fill(
    content: Content,
    path: Path,
    results: Iterable[tuple[Source, Computed]],
    done: Callable[[Source, str], object],
) -> dict[str, Any]:
    """Write a part's table; give its state, as :class:`Parts` remembers it.

    Parameters
    ----------
    content : Content
    path : Path
        The table's file.
    results : iterable
        The recordings in their order, with what was computed.
    done : callable
        It is called with each recording that is in the table or failed, and why it failed, or "".
    """
    state: dict[str, Any] = {"sources": [], "bad": [], "rows": 0}
    with content.table(path) as table:
        for source, (mark, computed) in results:
            state["sources"].append(
                {"key": source.written_key, "about": source.about, "mark": mark}
            )
            reason = ""
            if isinstance(computed, Exception):
                reason = _reason(source, computed)
                state["bad"].append([source.name, reason])
            else:
                state["rows"] += table.add(source, computed)
            done(source, reason)
    return {**state, "bytes": path.stat().st_size}


def _reason(source: Source, error: Exception) -> str:
    """Say on one line why a recording failed, without its name, which stands beside it."""
    if isinstance(error, MemoryError):
        return f"memory ran out: {error}" if str(error) else "memory ran out"
    text = reason_of(error) if isinstance(error, OSError) else str(error)
    if isinstance(error, AudioError):
        text = text.removeprefix(f"{printable(source.path)}: ")
    return printable(text)
