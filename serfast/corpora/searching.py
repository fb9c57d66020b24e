"""Searching folders for recordings: what is found, and what is passed over and why."""

from __future__ import annotations

import os
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ..audio.suffixes import MEDIA_SUFFIXES, why_not_read
from ..urls import UrlPath, as_path
from .messages import joined, printable, reason_of

__all__ = ["Found", "search"]

MOST_VISITS = 100
"""How often a folder is entered, each time by another way: folders with links to each other can
have more ways than any search could go."""


_NOTHING = "the link leads nowhere"

Identity = tuple[int, int]
"""What a folder is known by, whatever way leads to it: device and inode."""


@dataclass(frozen=True)
class Found:
    """What a search has found.

    Parameters
    ----------
    paths : list of Path
        The recordings, sorted by folder, then name.
    problems : list of str
        What couldn't be looked at, such as a folder that may not be read, each with its reason.
    passed_over : Counter of str
        How many other files there are, by what they are: mostly a suffix.
    corpus : str
        Which known corpus the recordings are of; "" if that isn't known.
    """

    paths: list[Path] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    corpus: str = ""

    def rest(self) -> str:
        """Say what was passed over, such as "3 passed over (2 .txt, 1 hidden)"; "" if nothing."""
        if not self.passed_over:
            return ""
        reasons = [f"{count} {reason}" for reason, count in self.passed_over.most_common()]
        return f"{sum(self.passed_over.values())} passed over ({joined(reasons, ', ')})"

    def missed(self) -> str:
        """Say which recordings another package is needed for, such as "2 .m4a (…)"; "" if none."""
        counts = self.passed_over.items()
        return ", ".join(f"{n} {what}" for what, n in counts if what.split()[0] in MEDIA_SUFFIXES)


def search(folder: str | os.PathLike[str]) -> Found:
    """Search a folder and those in it for recordings, by their suffixes.

    Links are followed, to files and to folders. One to a folder that it lies in is a loop, which is
    not entered a second time. Hidden files and folders are passed over, as are pipes and devices. A
    recording's link that leads nowhere is found: it is reported when it is read.

    Parameters
    ----------
    folder : path
        Where to look; the paths found begin with it.

    Returns
    -------
    Found

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> for name in ("a.wav", "notes.txt"):
    ...     pathlib.Path(folder.name, name).touch()
    >>> found = search(folder.name)
    >>> [path.name for path in found.paths], found.rest()
    (['a.wav'], '1 passed over (1 .txt)')
    """
    result = Found()
    if isinstance(root := as_path(folder), UrlPath):
        return _search_url(root)
    visits: Counter[Identity] = Counter()
    above: tuple[Identity, ...] = ()
    waiting = [(root, above)]
    while waiting:
        parent, above = waiting.pop()
        try:
            status = parent.stat()
            identity = (status.st_dev, status.st_ino)
            if identity in above:
                continue
            visits[identity] += 1
            if visits[identity] > MOST_VISITS:
                raise OSError(None, "more links lead here than are followed")
            inner = _look(parent, result)
        except OSError as error:
            result.problems.append(f"{printable(parent)}: {reason_of(error)}")
        else:
            waiting += [(path, (*above, identity)) for path in inner]
    result.paths.sort(key=lambda path: path.parts)
    return result


def _search_url(folder: UrlPath) -> Found:
    """Search elsewhere, where all files below a folder are listed at once."""
    result = Found()
    try:
        paths = folder.below()
    except OSError as error:
        result.problems.append(f"{printable(folder)}: {reason_of(error)}")
        return result
    for path in paths:
        why = why_not_read(path)
        parts = path.relative_to(folder).parts
        if any(part.startswith(".") or part == "__MACOSX" for part in parts):
            result.passed_over["hidden"] += 1
        elif why or not parts:
            result.passed_over[printable(why)] += 1
        else:
            result.paths.append(path)
    result.paths.sort(key=lambda path: path.parts)
    return result


def _look(folder: Path, result: Found) -> list[Path]:
    """Add what lies in a folder to what was found, and give the folders in it."""
    inner = []
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        path = folder / entry.name
        kind, reason = _kind(entry)
        why = why_not_read(path)
        if entry.name.startswith("."):
            result.passed_over["hidden folder" if kind == stat.S_IFDIR else "hidden"] += 1
        elif kind == stat.S_IFDIR:
            inner.append(path)
        elif not why and kind in (stat.S_IFREG, None):
            result.paths.append(path)
        elif reason and not (reason == _NOTHING and path.suffix):
            result.problems.append(f"{printable(path)}: {reason}")  # it may be a folder of them
        else:
            result.passed_over[_what(why, kind)] += 1
    return inner


def _kind(entry: os.DirEntry[str]) -> tuple[int | None, str]:
    """Tell what it is, or what its link leads to; or why that can't be seen."""
    try:
        if entry.is_dir(follow_symlinks=False):
            return stat.S_IFDIR, ""
        return stat.S_IFMT(entry.stat().st_mode), ""
    except FileNotFoundError:
        return None, _NOTHING
    except OSError as error:
        return None, reason_of(error)


def _what(why: str, kind: int | None) -> str:
    if kind is None:
        return "broken link"
    return printable(why) if kind == stat.S_IFREG else "pipe or device"
