"""Searching folders for recordings: what is found, and what is passed over and why."""

from __future__ import annotations

import os
import stat
from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..audio.suffixes import MEDIA_SUFFIXES, why_not_read
from ..urls import UrlPath, as_path
from .messages import joined, printable, reason_of
from .path_list import PathList

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
    paths : sequence of Path
        The recordings, sorted by folder, then name.
    problems : list of str
        What couldn't be looked at, such as a folder that may not be read, each with its reason.
    passed_over : Counter of str
        How many other files there are, by what they are: mostly a suffix.
    corpus : str
        Which known corpus the recordings are of; "" if that isn't known.
    """

    paths: PathList = field(default_factory=PathList)
    problems: list[str] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    corpus: str = ""

    def rest(self) -> str:
        """Say what was passed over, such as "3 passed over (2 .txt, 1 hidden)"; "" if nothing."""
        if not self.passed_over:
            return ""
        reasons = [f"{count} {reason}" for reason, count in self._counted()]
        return f"{sum(self.passed_over.values())} passed over ({joined(reasons, ', ')})"

    def missed(self) -> str:
        """Say which recordings another package is needed for, such as "2 .m4a (…)"; "" if none."""
        counts = self._counted()
        return ", ".join(f"{n} {what}" for what, n in counts if what.split()[0] in MEDIA_SUFFIXES)

    def _counted(self) -> list[tuple[str, int]]:
        """Give what was passed over, the most first, in an order that no listing decides."""
        return sorted(self.passed_over.items(), key=lambda pair: (-pair[1], pair[0]))


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
    steps = [_steps(root, (), visits, result)]
    while steps:  # each folder where its name stands among the files: so the paths are sorted
        inner = next(steps[-1], None)
        if inner is None:
            steps.pop()
        else:
            steps.append(_steps(*inner, visits, result))
    return result


def _steps(
    folder: Path, above: tuple[Identity, ...], visits: Counter[Identity], result: Found
) -> Iterator[tuple[Path, tuple[Identity, ...]]]:
    """Add what lies in a folder to what was found, and give the folders in it on the way."""
    try:
        status = folder.stat()
        identity = (status.st_dev, status.st_ino)
        if identity in above:
            return
        visits[identity] += 1
        if visits[identity] > MOST_VISITS:
            raise OSError(None, "more links lead here than are followed")
        files, inner = _look(folder, result)
    except OSError as error:
        result.problems.append(f"{printable(folder)}: {reason_of(error)}")
        return
    begin = 0
    for name in inner:
        end = bisect(files, name)
        result.paths.extend_in(folder, files[begin:end])
        begin = end
        yield folder / name, (*above, identity)
    result.paths.extend_in(folder, files[begin:])


def _search_url(folder: UrlPath) -> Found:
    """Search elsewhere, where all files below a folder are listed at once."""
    result = Found()
    try:
        paths = folder.below()
    except OSError as error:
        result.problems.append(f"{printable(folder)}: {reason_of(error)}")
        return result
    for path in sorted(paths, key=lambda path: path.parts):
        why = why_not_read(path)
        parts = path.relative_to(folder).parts
        if any(part.startswith(".") or part == "__MACOSX" for part in parts):
            result.passed_over["hidden"] += 1
        elif why or not parts:
            result.passed_over[printable(why)] += 1
        else:
            result.paths.append(path)
    return result


def _look(folder: Path, result: Found) -> tuple[list[str], list[str]]:
    """Count what is passed over; give the names of the recordings and of the folders, sorted."""
    files, inner, problems = [], [], []
    with os.scandir(folder) as entries:
        for entry in entries:  # there may be a million: only names are kept
            name = entry.name
            kind, reason = _kind(entry)
            why = why_not_read(name)
            if name.startswith("."):
                result.passed_over["hidden folder" if kind == stat.S_IFDIR else "hidden"] += 1
            elif kind == stat.S_IFDIR:
                inner.append(name)
            elif not why and kind in (stat.S_IFREG, None):
                files.append(name)
            elif reason and not (reason == _NOTHING and Path(name).suffix):
                problems.append((name, reason))  # it may be a folder of them
            else:
                result.passed_over[_what(why, kind)] += 1
    result.problems.extend(f"{printable(folder / name)}: {why}" for name, why in sorted(problems))
    return sorted(files), sorted(inner)


def _kind(entry: os.DirEntry[str]) -> tuple[int | None, str]:
    """Tell what it is, or what its link leads to; or why that can't be seen."""
    try:
        if entry.is_file(follow_symlinks=False):
            return stat.S_IFREG, ""
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
