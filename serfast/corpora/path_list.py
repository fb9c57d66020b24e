"""Very many paths in little memory: a folder is kept once, a name as its bytes."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload

from ..urls import UrlPath

__all__ = ["PathList", "files_of"]


class PathList(Sequence[Path]):
    """A sequence of paths, each of which is made when it is asked for.

    A million files in a thousand folders take some 12 bytes and the bytes of its name each; as
    `Path`s they would take half a kilobyte.

    Parameters
    ----------
    paths : iterable of Path
        What it holds at first.

    Examples
    --------
    >>> paths = PathList([Path("anna/03.wav"), Path("anna/04.wav")])
    >>> paths.append(Path("ben/03.wav"))
    >>> len(paths), paths[-1].as_posix(), [path.name for path in paths[:2]]
    (3, 'ben/03.wav', ['03.wav', '04.wav'])
    """

    def __init__(self, paths: Iterable[Path] = ()) -> None:
        self._folders: list[Path] = []
        self._prefixes: list[str | None] = []
        self._numbers: dict[Path, int] = {}
        self._folder_of = array("I")
        self._names, self._ends = bytearray(), array("Q", [0])
        self._others: dict[int, Path] = {}
        """Paths that aren't their folder and their name, such as a folder's root."""
        self.extend(paths)

    def append(self, path: Path) -> None:
        """Add a path."""
        folder, name = path.parent, path.name
        if not name or (isinstance(path, UrlPath) and folder / name != path):
            self._others[len(self)] = path
        self._add(self._number(folder), name)

    def extend(self, paths: Iterable[Path]) -> None:
        """Add paths."""
        for path in paths:
            self.append(path)

    def extend_in(self, folder: Path, names: Iterable[str]) -> None:
        """Add files of a folder by their names, which is faster."""
        number = self._number(folder)
        for name in names:
            self._add(number, name)

    def append_in(self, folder: Path, name: str) -> None:
        """Add a file of a folder by its name, which is faster."""
        self._add(self._number(folder), name)

    def files(self) -> Iterator[tuple[Path, str]]:
        """Give the folder and the name of each path."""
        for place, number in enumerate(self._folder_of):
            other = self._others.get(place)
            yield (
                (other.parent, other.name)
                if other
                else (
                    self._folders[number],
                    self._name(place),
                )
            )

    def reordered(self, places: Iterable[int]) -> PathList:
        """Give the paths at some places, in their order."""
        result = PathList()
        result._folders, result._prefixes = self._folders.copy(), self._prefixes.copy()
        result._numbers = self._numbers.copy()
        for place in places:
            if place in self._others:
                result._others[len(result)] = self._others[place]
            result._add(self._folder_of[place], self._name(place))
        return result

    def text(self, place: int) -> str:
        """Give a path as text without making the path; a negative place counts from the end."""
        place = range(len(self))[place]
        number = self._folder_of[place]
        prefix = self._prefixes[number]
        if prefix is None or place in self._others:
            return os.fspath(self[place])
        return prefix + self._name(place)

    def _number(self, folder: Path) -> int:
        number = self._numbers.setdefault(folder, len(self._folders))
        if number == len(self._folders):
            self._folders.append(folder)
            # the text of a URL can go on behind the name
            beginning = None if isinstance(folder, UrlPath) else os.fspath(folder / "_")[:-1]
            self._prefixes.append(beginning)
        return number

    def _add(self, number: int, name: str) -> None:
        self._folder_of.append(number)
        self._names += name.encode("utf-8", "surrogatepass")  # bytes that aren't UTF-8, too
        self._ends.append(len(self._names))

    def name(self, place: int) -> str:
        """Give the name of a path, without making the path."""
        place = range(len(self))[place]
        return self._others[place].name if place in self._others else self._name(place)

    def _name(self, place: int) -> str:
        begin, end = self._ends[place], self._ends[place + 1]
        return self._names[begin:end].decode("utf-8", "surrogatepass")

    def __len__(self) -> int:
        return len(self._folder_of)

    @overload
    def __getitem__(self, place: int) -> Path: ...

    @overload
    def __getitem__(self, place: slice) -> list[Path]: ...

    def __getitem__(self, place: int | slice) -> Path | list[Path]:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        place = range(len(self))[place]
        if place in self._others:
            return self._others[place]
        return self._folders[self._folder_of[place]] / self._name(place)


def files_of(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Give the folder and the name of each path; of a list, without making the path."""
    if isinstance(paths, PathList):
        return paths.files()
    return ((path.parent, path.name) for path in paths)
