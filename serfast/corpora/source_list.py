"""The recordings of a dataset, of which there may be millions, in little memory."""

from __future__ import annotations

import math
import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

import numpy as np

from .._checks import fail
from ..urls import as_path
from .path_list import PathList
from .recordings import Recording

__all__ = ["Key", "KeyIndex", "Source", "SourceList", "Sources", "repeated"]

Key = str | tuple[str, float | None, float | None]
"""The name of a recording; with begin and end of a part of one."""


@dataclass(frozen=True, slots=True)
class Source:
    """A recording, or a part of one, under the name that the dataset has for its file."""

    name: str
    path: Path
    recording: Recording | None = None

    @property
    def key(self) -> Key:
        """Give what tells it from every other one."""
        one = self.recording
        return (self.name, one.start, one.end) if one and one.is_part else self.name

    @property
    def written_key(self) -> tuple[str, float | None, float | None]:
        """Give the key as a part's state has it."""
        key = self.key
        return (key, None, None) if isinstance(key, str) else key

    @property
    def about(self) -> tuple[str | None, str | None]:
        """Give label and speaker, as far as they are known."""
        return (self.recording.label, self.recording.speaker) if self.recording else (None, None)


class SourceList(Sequence[Source]):
    """Recordings, each of which is made when it is asked for.

    Of a recording's label file it knows what a dataset has: label, speaker, start and end. It takes
    some 40 bytes and the bytes of its name for each.

    Parameters
    ----------
    recordings : iterable of Recording or path
    """

    def __init__(self, recordings: Iterable[Recording | str | os.PathLike[str]] = ()) -> None:
        self._paths = PathList()
        self._about = array("I")
        self._abouts: list[tuple[str, str] | None] = [None]
        self._about_numbers: dict[tuple[str, str], int] = {}
        self._starts, self._ends = array("d"), array("d")
        for one in recordings:
            self.append(one)

    def extend_columns(
        self,
        files: Iterable[tuple[Path, str]],
        labels: Iterable[str],
        speakers: Iterable[str],
        starts: Iterable[float | None],
        ends: Iterable[float | None],
    ) -> None:
        """Add labelled recordings, by the folders and names of their files, which is faster."""
        for folder, name in files:
            self._paths.append_in(folder, name)
        self._about.extend(map(self._about_number, zip(labels, speakers, strict=True)))
        self._starts.extend(math.nan if time is None else time for time in starts)
        self._ends.extend(math.nan if time is None else time for time in ends)

    def files(self) -> Iterator[tuple[Path, str]]:
        """Give the folder and the name of each recording's file."""
        return self._paths.files()

    def times(self) -> tuple[Iterator[float | None], Iterator[float | None]]:
        """Give where the recordings begin and end in their files."""
        return map(self._time, self._starts), map(self._time, self._ends)

    def reordered(self, places: Iterable[int]) -> SourceList:
        """Give the recordings at some places, in their order."""
        result, order = SourceList(), array("I", places)
        result._paths = self._paths.reordered(order)
        result._abouts, result._about_numbers = self._abouts, self._about_numbers
        for name in ("_about", "_starts", "_ends"):
            values = getattr(self, name)
            setattr(result, name, array(values.typecode, (values[place] for place in order)))
        return result

    def _about_number(self, about: tuple[str, str]) -> int:
        number = self._about_numbers.setdefault(about, len(self._abouts))
        if number == len(self._abouts):
            self._abouts.append(about)
        return number

    def append(self, one: Recording | str | os.PathLike[str]) -> None:
        """Add a recording, or a path of which no more is known."""
        recording = one if isinstance(one, Recording) else None
        self._paths.append(as_path(one.path if isinstance(one, Recording) else one))
        number, start, end = 0, None, None
        if recording is not None:
            start, end = recording.start, recording.end
            number = self._about_number((recording.label, recording.speaker))
        self._about.append(number)
        self._starts.append(math.nan if start is None else start)
        self._ends.append(math.nan if end is None else end)

    def key(self, place: int) -> Key:
        """Give the key of a source without making the source.

        A negative place counts from the end.
        """
        name = _utf8(self._paths.text(place))
        start, end = self._time(self._starts[place]), self._time(self._ends[place])
        return name if start is None and end is None else (name, start, end)

    def chosen(self, places: Iterable[int]) -> Sequence[Source]:
        """Give some of them, as a sequence that makes each when it is asked for."""
        return Sources(self, array("I", places))

    @staticmethod
    def _time(value: float) -> float | None:
        return None if math.isnan(value) else value

    def __len__(self) -> int:
        return len(self._paths)

    @overload
    def __getitem__(self, place: int) -> Source: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Source]: ...

    def __getitem__(self, place: int | slice) -> Source | Sequence[Source]:
        if isinstance(place, slice):
            return self.chosen(range(*place.indices(len(self))))
        path, about = self._paths[place], self._abouts[self._about[place]]
        recording = None
        if about is not None:
            start, end = self._time(self._starts[place]), self._time(self._ends[place])
            recording = Recording(path, *about, start=start, end=end)
        return Source(_utf8(os.fspath(path)), path, recording)


class Sources(Sequence[Source]):
    """Some of the recordings of a list, by their places in it."""

    def __init__(self, every: SourceList, places: array[int]) -> None:
        self._every, self._places = every, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> Source: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Source]: ...

    def __getitem__(self, place: int | slice) -> Source | Sequence[Source]:
        if isinstance(place, slice):
            return Sources(self._every, self._places[place])
        return self._every[self._places[place]]


def repeated(hashes: array[int], key_of: Callable[[int], object]) -> Iterator[int]:
    """Give the places whose key another place before has, from the hashes of all keys."""
    numbers = np.frombuffer(hashes, np.int64)
    order = np.argsort(numbers, kind="stable")
    same = np.flatnonzero(numbers[order][1:] == numbers[order][:-1])
    for at in same.tolist():
        place, first = int(order[at + 1]), at
        while first >= 0 and numbers[order[first]] == numbers[place]:
            if key_of(int(order[first])) == key_of(place):
                yield place
                break
            first -= 1


class KeyIndex:
    """Where in a list the recording with a key is: hashes, sorted, in the place of a dictionary.

    Raises
    ------
    ParameterError
        Two recordings are the same.
    """

    def __init__(self, sources: SourceList) -> None:
        self._sources = sources
        hashes = array("q", (hash(sources.key(place)) for place in range(len(sources))))
        for place in repeated(hashes, sources.key):
            fail("recordings", "different ones", sources[place].name)
        numbers = np.frombuffer(hashes, np.int64)
        self._order = np.argsort(numbers, kind="stable")
        self._hashes = numbers[self._order]

    def place(self, key: Key) -> int | None:
        """Give the place of the recording, or None."""
        return next(self._places(key), None)

    def _places(self, key: Key) -> Iterator[int]:
        number = hash(key)
        at = int(np.searchsorted(self._hashes, number))
        while at < len(self._hashes) and self._hashes[at] == number:
            place = int(self._order[at])
            if self._sources.key(place) == key:
                yield place
            at += 1


def _utf8(text: str) -> str:
    """Give a path's text as UTF-8; bytes that aren't are escapes, so two names stay two."""
    if text.isascii():
        return text
    return os.fsencode(text).decode("utf-8", "backslashreplace")
