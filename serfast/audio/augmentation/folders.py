"""A folder of recordings to draw from: noises, or impulse responses of rooms."""

from __future__ import annotations

import os
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ... import _checks as checks
from ...errors import ParameterError, SerfastError
from ..reading import blocks
from ..suffixes import why_not_read
from .alteration import Samples
from .mixing import power_of

__all__ = ["Folder", "Sound", "check_folder_name", "folder_at"]

LONGEST = 300  # [s]: no more of a recording is read
MOST_KEPT = 2**26  # samples that stay in memory, 256 MiB


def check_folder_name(name: str, folder: object) -> str:
    """Give a folder's path as text, if the text form of an alteration can hold it.

    Raises
    ------
    ParameterError
        If it is no path, is empty, has a comma, a bar or parentheses that don't match, or begins
        or ends with a space.
    """
    rule = "the path of a folder, without commas, bars and unpaired parentheses"
    if not isinstance(folder, str | os.PathLike):
        checks.fail(name, rule, folder)
    path = os.fspath(folder)
    if not isinstance(path, str) or not path.isprintable() or not path or path != path.strip():
        checks.fail(name, rule, folder)
    depth = 0
    for character in path:
        depth += (character == "(") - (character == ")")
        if character in ",|" or depth < 0:
            checks.fail(name, rule, folder)
    if depth or path.startswith("("):
        checks.fail(name, rule, folder)
    return path


class Sound(NamedTuple):
    """A recording that isn't silent."""

    samples: Samples
    power: float
    """Its mean square."""


class Folder:
    """The recordings of a folder and of the folders in it, at one sample rate.

    A recording is read when it is first drawn. The most recent ones stay in memory.
    """

    def __init__(self, name: str, path: str, sample_rate: int) -> None:
        self._name, self._path, self._rate = name, path, sample_rate
        files = (one for one in Path(path).rglob("*") if not why_not_read(one) and one.is_file())
        self._paths = sorted(files, key=lambda one: one.parts)
        self._kept: dict[int, Sound] = {}
        self._useless: set[int] = set()

    def draw(self, random: np.random.Generator) -> Sound:
        """Give one recording; in the place of a silent or damaged one comes the next one.

        Raises
        ------
        ParameterError
            If the folder has no recording, or none that can be used.
        """
        n = len(self._paths)
        first = int(random.integers(max(1, n)))
        for k in range(n):
            sound = self._recording((first + k) % n)
            if sound is not None:
                return sound
        rule = "a folder with a recording that is readable and not silent"
        reason = f"where none of {n} is" if n else "which has no recordings"
        raise ParameterError(f"{self._name} must be {rule}, got {self._path!r}, {reason}")

    def _recording(self, index: int) -> Sound | None:
        """Give the recording of this number, or None if it can't be used."""
        if index in self._useless:
            return None
        sound = self._kept.pop(index, None)  # it becomes the most recent one
        if sound is None:
            samples = self._read(self._paths[index])
            if samples is None or not samples.any():
                self._useless.add(index)
                return None
            sound = Sound(samples, power_of(samples))
        self._kept[index] = sound
        while len(self._kept) > 1 and self.n_kept > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return sound

    @property
    def n_kept(self) -> int:
        """How many samples are in memory."""
        return sum(len(sound.samples) for sound in self._kept.values())

    def _read(self, path: Path) -> Samples | None:
        pieces: list[Samples] = []
        try:
            with closing(blocks(path, self._rate)) as reading:  # type: ignore[type-var]
                for piece in reading:
                    pieces.append(piece)
                    if sum(map(len, pieces)) >= LONGEST * self._rate:
                        break
        except (SerfastError, OSError) as error:
            checks.warn(f"{self._name}: left out: {error}")
            return None
        return np.concatenate(pieces)[: LONGEST * self._rate]


def folder_at(name: str, path: str, sample_rate: int) -> Folder:
    """Give a folder's recordings at this rate; they are looked for again if the folder changed.

    Raises
    ------
    ParameterError
        If there is no such folder.
    """
    try:
        changed = os.stat(path).st_mtime_ns
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ParameterError(f"{name} must be a folder, got {path!r}: {reason}") from error
    return _folder(name, path, changed, sample_rate)


@lru_cache(maxsize=16)
def _folder(name: str, path: str, changed: int, sample_rate: int) -> Folder:
    return Folder(name, path, sample_rate)
