"""The order of recordings by file and time, of which there may be a million."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from ..urls import UrlPath, absolute_path

__all__ = ["FileOrder", "sorting_text", "sorting_texts"]


def sorting_text(path: Path) -> str:
    """Give an absolute path's text, without dots, that is sorted as its parts are."""
    if isinstance(path, UrlPath):
        return "\0".join(absolute_path(path).parts)
    return os.path.abspath(path).replace(os.sep, "\0")


def sorting_texts(files: Iterable[tuple[Path, str]]) -> list[str]:
    """Give :func:`sorting_text` of files, each of which is told by its folder and its name."""
    folders: dict[Path, str] = {}
    texts = []
    for folder, name in files:
        if (beginning := folders.get(folder)) is None:
            beginning = folders[folder] = sorting_text(folder / "_")[:-1]
        texts.append(beginning + name)
    return texts


class FileOrder:
    """In which order recordings are by file and time, and which of them are the same.

    Parameters
    ----------
    texts : sequence of str
        What :func:`sorting_texts` gives of their files.
    starts, ends : iterable of float or None
        Where it begins and ends in its file [s].

    Examples
    --------
    >>> here = Path()
    >>> files = [(here, "b.wav"), (here, "a.wav"), (here, "b.wav")]
    >>> order = FileOrder(sorting_texts(files), [None] * 3, [None] * 3)
    >>> list(order.places), order.doubled
    ([1, 0, 2], [2])
    """

    def __init__(
        self,
        texts: Sequence[str],
        starts: Iterable[float | None],
        ends: Iterable[float | None],
    ) -> None:
        self._texts = texts
        self._starts, self._ends = (
            np.array([time or 0.0 for time in times], np.float64) for times in (starts, ends)
        )
        by_time = np.lexsort((self._ends, self._starts)).tolist()
        self.places: Sequence[int] = array("I", sorted(by_time, key=self._texts.__getitem__))
        """The places of the recordings, in their order."""

    @property
    def doubled(self) -> list[int]:
        """Give the places of those that are the same part of the same file as one before."""
        texts, starts, ends = self._texts, self._starts, self._ends
        return sorted(
            after
            for before, after in pairwise(self.places)
            if texts[before] == texts[after]
            and starts[before] == starts[after]
            and ends[before] == ends[after]
        )

    def path(self, place: int) -> str:
        """Give the absolute path of a recording's file."""
        return self._texts[place].replace("\0", os.sep)
