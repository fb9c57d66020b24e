"""Labels of recordings that no known corpus named: in folders' names, or by one's own pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from .._checks import shown
from ..errors import ParameterError
from .messages import printable
from .recordings import Recording

__all__ = ["UNKNOWN_SPEAKER", "by_folders", "by_pattern", "pattern_of"]

UNKNOWN_SPEAKER = "unknown"
"""Who speaks where nothing tells."""


def by_folders(paths: Iterable[Path], root: Path) -> Iterator[tuple[int, Recording]]:
    """Give recordings, with their places, the names of the folders that they lie in as labels.

    `happy/03.wav` is happy; `anna/happy/03.wav` is too, and Anna speaks. Those that lie in `root`
    itself have no label.
    """
    for place, path in enumerate(paths):
        *above, _ = path.relative_to(root).parts
        if above:
            speaker = "/".join(above[:-1]) or UNKNOWN_SPEAKER
            yield place, _named(path, above[-1], speaker)


def pattern_of(text: str) -> re.Pattern[str]:
    """Give the regular expression that is written so.

    Raises
    ------
    ParameterError
        If it is none, or has no group named `label` (or `emotion`).
    """
    try:
        pattern = re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ParameterError(
            f"pattern must be a regular expression, got {shown(text)}: {error}"
        ) from error
    if not {"label", "emotion"} & set(pattern.groupindex):
        rule = "a regular expression with a group (?P<label>…)"
        raise ParameterError(f"pattern must be {rule}, got {shown(text)}")
    return pattern


def by_pattern(
    paths: Iterable[Path], root: Path, pattern: re.Pattern[str]
) -> Iterator[tuple[int, Recording]]:
    """Give recordings, with their places, what the groups of a pattern hold.

    These are label (or emotion), speaker and text. It is searched in the path below `root`, written
    with slashes; a recording in which it isn't there, or whose label is empty, has no label.
    """
    for place, path in enumerate(paths):
        match = pattern.search(path.relative_to(root).as_posix())
        parts = match.groupdict() if match else {}
        label = parts.get("label") or parts.get("emotion")
        if label:
            speaker = parts.get("speaker") or UNKNOWN_SPEAKER
            yield place, _named(path, label, speaker, parts.get("text"))


def _named(path: Path, label: str, speaker: str, text: str | None = None) -> Recording:
    """Give the recording; what its name holds may be no label, and then the error has its path."""
    try:
        return Recording(path, label, speaker, text)
    except ParameterError as error:
        raise ParameterError(f"{printable(path)}: {error}") from error
