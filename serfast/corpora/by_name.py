"""Labels in the names of files and of the folders above them, as known corpora have them."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .path_list import files_of
from .recordings import Recording

__all__ = ["ByName", "Layout", "NamePatterns", "stem_of"]

_NAMED_GROUP = re.compile(r"\(\?P<\w+>")


@dataclass(frozen=True)
class Layout:
    """How a corpus names a file, and the folders above it if they tell something.

    Parameters
    ----------
    name : re.Pattern
        All of the file's name without its suffix.
    folders : re.Pattern or None
        The end of its folder's path, with slashes, from its beginning.

    A group may be in both: then it must be the same in both.
    """

    name: re.Pattern[str]
    folders: re.Pattern[str] | None = None

    @classmethod
    def written(cls, pattern: str) -> Layout:
        """Give the layout that is written as patterns of folders and name, with slashes between."""
        above, _, name = pattern.rpartition("/")
        folders = re.compile(f"(?:.*/)?{above}", re.DOTALL) if above else None
        return cls(re.compile(name, re.DOTALL), folders)

    def above(self, folder: str) -> dict[str, str] | None:
        """Give what the folders tell; None if they are named otherwise."""
        if self.folders is None:
            return {}
        match = self.folders.fullmatch(folder)
        return match.groupdict() if match else None

    def groups(self, above: Mapping[str, str], stem: str) -> dict[str, str] | None:
        """Give what folders and name tell together; None if the file is named otherwise."""
        match = self.name.fullmatch(stem)
        if match is None:
            return None
        groups = match.groupdict()
        if any(groups.get(name, value) != value for name, value in above.items()):
            return None
        return {**above, **groups}


@dataclass(frozen=True)
class ByName:
    """Labels in names: patterns with the groups emotion and, if possible, speaker and text.

    Parameters
    ----------
    layouts : sequence of Layout
        The published one, and those of copies that are spread; the first that fits counts.
    emotions : mapping of str to str
        It translates the emotion's code, in small letters, into the name that serfast uses.
    speakers : mapping of str to str
        It translates speakers that have two names.
    speaker : str
        Who speaks where the names don't tell.
    """

    layouts: Sequence[Layout]
    emotions: Mapping[str, str]
    speakers: Mapping[str, str] = field(default_factory=dict)
    speaker: str = ""

    def fits(self, paths: Sequence[Path], root: Path | None) -> Sequence[int]:
        """Give the places of the recordings that are named so."""
        return array("I", (place for place, _ in self._groups(paths)))

    def read(self, paths: Sequence[Path], root: Path | None) -> Iterator[tuple[int, Recording]]:
        """Give the recordings that are named so with their places, in the order of the paths."""
        for place, groups in self._groups(paths):
            speaker = groups.get("speaker") or self.speaker
            label = self.emotions[groups["emotion"].lower()]
            who = self.speakers.get(speaker, speaker)
            yield place, Recording(paths[place], label, who, groups.get("text"))

    def _groups(self, paths: Sequence[Path]) -> Iterator[tuple[int, dict[str, str]]]:
        """Give what the names tell, with the places of the paths."""
        last: Path | None = None
        for place, (folder, name) in enumerate(files_of(paths)):
            if folder is not last:  # files stand together as a rule
                last, text = folder, folder.as_posix()
                pairs = ((layout, layout.above(text)) for layout in self.layouts)
                above = [(layout, groups) for layout, groups in pairs if groups is not None]
            stem = stem_of(name)
            for layout, beginning in above:
                if groups := layout.groups(beginning, stem):
                    yield place, groups
                    break


class NamePatterns:
    """The names of many corpora, to which a file's name is shown at once.

    Parameters
    ----------
    corpora : mapping of str to ByName
    """

    def __init__(self, corpora: Mapping[str, ByName]) -> None:
        self._layouts = [
            (name, layout) for name, labels in corpora.items() for layout in labels.layouts
        ]
        self._together: dict[tuple[int, ...], re.Pattern[str]] = {}

    def matching(self, paths: Iterable[tuple[Path, str]]) -> Iterator[tuple[int, set[str]]]:
        """Give the places of the files that some corpora name so, and these corpora."""
        last: Path | None = None
        for place, (folder, name) in enumerate(paths):
            if folder is not last:
                last, candidates = folder, self._candidates(folder.as_posix())
                pattern = self._pattern(tuple(candidates))
            match = pattern.fullmatch(stem_of(name))
            if match is None or match.lastindex is None:
                continue
            hits = [
                number
                for number, group in zip(candidates, match.groups(), strict=True)
                if group is not None and self._agrees(number, candidates[number], stem_of(name))
            ]
            if hits:
                yield place, {self._layouts[number][0] for number in hits}

    def _candidates(self, folder: str) -> dict[int, dict[str, str]]:
        """Give the numbers of the layouts that a folder may belong to, and what it tells."""
        above = {k: layout.above(folder) for k, (_, layout) in enumerate(self._layouts)}
        return {k: groups for k, groups in above.items() if groups is not None}

    def _pattern(self, numbers: tuple[int, ...]) -> re.Pattern[str]:
        """Give one pattern that looks for each of some: the k-th group is there if the k-th is."""
        if numbers not in self._together:
            names = [self._layouts[number][1].name.pattern for number in numbers]
            parts = [rf"(?:(?=(?:{_NAMED_GROUP.sub('(?:', name)})\Z)()|)" for name in names]
            self._together[numbers] = re.compile("".join(parts) + ".*", re.DOTALL)
        return self._together[numbers]

    def _agrees(self, number: int, above: Mapping[str, str], stem: str) -> bool:
        return not above or self._layouts[number][1].groups(above, stem) is not None


def stem_of(name: str) -> str:
    """Give a file's name without its suffix, as pathlib does."""
    dot = name.rfind(".")
    return name[:dot] if 0 < dot < len(name) - 1 else name
