"""Files by their names without suffix: of a million, their hashes take little memory."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from .by_name import stem_of
from .path_list import PathList, files_of

__all__ = ["Stems"]


class Stems:
    """Where in a sequence of paths the one with a name is; of several, the last one.

    It takes some 12 bytes for each path.

    Parameters
    ----------
    paths : sequence of Path
    takes : callable, optional
        It tells of a folder whether its files count; without it all do.

    Examples
    --------
    >>> stems = Stems([Path("a/1.wav"), Path("b/2.wav")])
    >>> stems.place("2"), stems.place("3")
    (1, None)
    """

    def __init__(self, paths: Sequence[Path], takes: Callable[[Path], bool] | None = None) -> None:
        self._name = paths.name if isinstance(paths, PathList) else lambda k: paths[k].name
        hashes, places = array("q"), array("I")
        known: dict[Path, bool] = {}
        for place, (folder, name) in enumerate(files_of(paths)):
            if takes is not None:
                if folder not in known:
                    known[folder] = takes(folder)
                if not known[folder]:
                    continue
            hashes.append(hash(stem_of(name)))
            places.append(place)
        order = np.argsort(np.frombuffer(hashes, np.int64), kind="stable")
        self._hashes = array("q", np.frombuffer(hashes, np.int64)[order].tobytes())
        self._places = array("I", np.frombuffer(places, np.uint32)[order].tobytes())

    def place(self, stem: str) -> int | None:
        """Give the place of the path with this name, or None."""
        number = hash(stem)
        at = bisect_right(self._hashes, number) - 1
        while at >= 0 and self._hashes[at] == number:
            if stem_of(self._name(self._places[at])) == stem:
                return self._places[at]
            at -= 1
        return None
