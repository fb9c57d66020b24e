"""Recordings that were found, with their labels; what has none is counted and named."""

from __future__ import annotations

import warnings
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ..errors import ParameterError
from .messages import listed
from .path_list import PathList
from .recordings import Recording

__all__ = ["LabelledFiles"]


class LabelledFiles(Iterable[Recording]):
    """Recordings which are labelled one after another, so that a million need no list.

    Parameters
    ----------
    paths : sequence of Path
        All that were found, sorted.
    labelled : iterator of (int, Recording)
        The labelled ones, with the places of their files in `paths`.
    why : str
        Why the others aren't labelled.
    rule : str
        The message of the error if none is; the files take the place of "{}".

    To go through them, which can be done once, raises ParameterError or warns of those without a
    label in the end.

    Examples
    --------
    >>> paths = [Path("a.wav"), Path("b.wav")]
    >>> ones = ((place, Recording(paths[place], "joy", "anna")) for place in (1, 0))
    >>> files = LabelledFiles(paths, ones, "not labelled", "none of {}")
    >>> [one.path.name for one in files], files.are_sorted, list(files.order([None, None]))
    (['b.wav', 'a.wav'], False, [1, 0])
    """

    def __init__(
        self, paths: Sequence[Path], labelled: Iterator[tuple[int, Recording]], why: str, rule: str
    ) -> None:
        self._paths, self._labelled, self._why, self._rule = paths, labelled, why, rule
        self._places = array("I")

    def __iter__(self) -> Iterator[Recording]:
        is_labelled = bytearray(len(self._paths))
        for place, recording in self._labelled:
            is_labelled[place] = True
            self._places.append(place)
            yield recording
        if not any(is_labelled):
            raise ParameterError(self._rule.replace("{}", listed(self._paths)))
        if not all(is_labelled):
            others = PathList(self._paths[k] for k, there in enumerate(is_labelled) if not there)
            warnings.warn(f"left out, {self._why}: {listed(others)}", stacklevel=4)

    @property
    def are_sorted(self) -> bool:
        """Tell whether those that were gone through came in the order of their files."""
        return bool((np.diff(np.frombuffer(self._places, np.uint32).astype(np.int64)) > 0).all())

    def order(self, starts: Iterable[float | None]) -> Sequence[int]:
        """Give the order by file, and by where the recordings begin in it [s]."""
        times = np.array([start or 0.0 for start in starts], np.float64)
        places = np.frombuffer(self._places, np.uint32)
        return array("I", np.lexsort((times, places)).astype(np.uint32).tobytes())
