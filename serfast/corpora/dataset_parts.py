"""Which recordings are in which part of a dataset, and whether a part is finished and still true.

A part is two files: `part-000000.parquet`, and `_parts/part-000000.json` with what it was made of.
It is finished when both are there. A part that is made anew loses the first file before the second
one is written, and gets it last, so the two never contradict each other, whenever a program ends.
"""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..files import renamed, replacing
from ..urls import UrlPath
from .archives import is_archive, member
from .source_list import Key, KeyIndex, Source, SourceList

__all__ = ["Part", "Parts", "Plan", "mark_of"]

STATES = "_parts"
"""Readers of datasets pass over what begins with an underscore."""

_BLOCK = 1 << 20


@dataclass
class Part:
    """A part that is to be made."""

    number: int
    sources: Sequence[Source]

    @property
    def name(self) -> str:
        """Give the name of its file without the suffix."""
        return _name(self.number)


@dataclass
class Plan:
    """What is finished and what is to be done."""

    kept: list[int] = field(default_factory=list)
    todo: list[Part] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    """Of these no recording is there any more, or nobody knows which they were."""
    notes: list[str] = field(default_factory=list)
    """They say why finished parts are made anew."""


def mark_of(path: Path) -> dict[str, Any]:
    """Give what a file is known by: size, times and SHA-256; an empty one if it can't be read.

    A file of a URL has its size, and the checksum or time that its file system tells.
    """
    try:
        if isinstance(path, UrlPath):
            return path.mark()
        status = _status(path)
        return {**status, "sha256": _sha256(path)}
    except Exception:  # whatever a damaged archive raises: reading it will say so
        return {}


class Parts:
    """The parts in a folder.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def table(self, number: int) -> Path:
        """Give the path of a part's table."""
        return self._folder / f"{_name(number)}.parquet"

    def _state(self, number: int) -> Path:
        return self._folder / STATES / f"{_name(number)}.json"

    def numbers(self) -> list[int]:
        """Give the numbers of the parts of which anything is there."""
        paths = [*self._folder.glob("part-*.parquet"), *(self._folder / STATES).glob("part-*.json")]
        texts = {path.stem.removeprefix("part-") for path in paths}
        return sorted(int(text) for text in texts if text.isdecimal())

    def state(self, number: int) -> dict[str, Any] | None:
        """Give what a part was made of; None if that isn't known."""
        try:
            state = json.loads(self._state(number).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return state if isinstance(state, dict) and "sources" in state else None

    def remember(self, number: int, state: dict[str, Any]) -> None:
        """Write what a part is made of, before its table appears; the former table goes."""
        self.table(number).unlink(missing_ok=True)
        with replacing(self._state(number)) as temporary:
            temporary.write_text(json.dumps(state), "utf-8")

    def commit(self, number: int, state: dict[str, Any], temporary: Path) -> None:
        """Take a finished table, written in this folder under another name, for a part's."""
        self.remember(number, state)
        renamed(temporary, self.table(number))

    def drop(self, number: int) -> None:
        """Remove a part."""
        self.table(number).unlink(missing_ok=True)
        self._state(number).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what a program left behind that was killed."""
        for folder in (self._folder, self._folder / STATES):
            for path in folder.glob(".part-*.part.*"):
                path.unlink(missing_ok=True)

    def states(self) -> Iterator[dict[str, Any]]:
        """Give the states of the finished parts, one after the other."""
        for number in self.numbers():
            state = self.state(number)
            if state is not None and self.table(number).exists():
                yield state

    def plan(
        self, sources: SourceList, index: KeyIndex, size: int, retry_bad: bool = False
    ) -> Plan:
        """Divide recordings into parts of so many; what is in a part already stays in it."""
        plan, waiting = Plan(), bytearray(b"\1") * len(sources)
        taken = set()
        for number in self.numbers():
            state = self.state(number)
            if state is None:
                plan.dropped.append(number)
                continue
            keys = [_key(*one["key"]) for one in state["sources"]]
            places = [place for key in keys if (place := index.place(key)) is not None]
            there = sources.chosen(place for place in places if waiting[place])
            for place in places:
                waiting[place] = False
            if not there:
                plan.dropped.append(number)
                plan.notes.append(f"{_name(number)}: its recordings are gone, it is removed")
                continue
            taken.add(number)
            why = self._why_anew(number, state, there, retry_bad)
            if why is None:
                plan.kept.append(number)
                continue
            if why:
                plan.notes.append(f"{_name(number)}: {why}; it is computed again")
            plan.todo.append(Part(number, there))
        rest = array("I", (place for place, waits in enumerate(waiting) if waits))
        numbers = (n for n in range(len(taken) + len(rest) + 1) if n not in taken)
        for begin in range(0, len(rest), size):
            plan.todo.append(Part(next(numbers), sources.chosen(rest[begin : begin + size])))
        plan.todo.sort(key=lambda part: part.number)
        plan.dropped = [n for n in plan.dropped if n not in {part.number for part in plan.todo}]
        return plan

    def _why_anew(
        self, number: int, state: dict[str, Any], there: Sequence[Source], retry_bad: bool
    ) -> str | None:
        """Say why a part isn't finished; "" if it never was, None if it is."""
        table = self.table(number)
        if not table.exists():
            return ""
        if table.stat().st_size != state["bytes"]:
            return "its file is damaged"
        if gone := len(state["sources"]) - len(there):
            return f"{gone} of its recordings {'is' if gone == 1 else 'are'} gone"
        for source, one in zip(there, state["sources"], strict=True):
            if list(source.about) != one["about"]:
                return f"{source.name} has another label or speaker"
            if _is_changed(source.path, one["mark"]):
                return f"{source.name} has changed"
        if retry_bad and state["bad"]:
            return f"{len(state['bad'])} of its recordings failed"
        return None


def _key(name: str, start: float | None, end: float | None) -> Key:
    return name if start is None and end is None else (name, start, end)


def _name(number: int) -> str:
    return f"part-{number:06d}"


def _status(path: Path) -> dict[str, int]:
    """Give size and times of a file, or of the archive that it is in.

    The time of the last change of the status can't be set by a program, so it tells of content that
    was replaced by other content with the same size and time.
    """
    while not path.exists() and path.parent != path:
        path = path.parent
        if is_archive(path):
            break
    status = path.stat()
    return {"size": status.st_size, "mtime": status.st_mtime_ns, "ctime": status.st_ctime_ns}


def _sha256(path: Path) -> str:
    sha256 = hashlib.sha256()
    if not path.exists() and (content := member(path)) is not None:
        sha256.update(content)
        return sha256.hexdigest()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            sha256.update(block)
    return sha256.hexdigest()


def _is_changed(path: Path, mark: dict[str, Any]) -> bool:
    """Tell whether a file has another content; it is read only if its size or times differ."""
    if isinstance(path, UrlPath):
        return mark_of(path) != mark
    try:
        status: dict[str, int] = _status(path)
    except OSError:
        return bool(mark)
    if not mark:
        return os.access(path, os.R_OK)
    if all(status[word] == mark[word] for word in status):
        return False
    try:
        return _sha256(path) != str(mark["sha256"])
    except Exception:  # whatever a damaged archive raises
        return True
