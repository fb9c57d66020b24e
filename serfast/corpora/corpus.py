"""A known corpus: what it is, and how its recordings get their labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from .recordings import Recording

__all__ = ["ByName", "Corpus", "Labels"]


class Labels(Protocol):
    """Where a corpus's labels come from: file names, or files of labels beside the recordings."""

    def fits(self, paths: Sequence[Path], root: Path | None) -> Sequence[Path]:
        """Give the recordings that are labelled so; none if it isn't this corpus."""
        ...

    def read(self, paths: Sequence[Path], root: Path | None) -> list[Recording]:
        """Give the labelled recordings, in the order of the paths or of the labels."""
        ...


@dataclass(frozen=True)
class ByName(Labels):
    """Labels in file names: a pattern with the groups emotion and, if possible, speaker and text.

    Parameters
    ----------
    pattern : re.Pattern
        It describes the end of a path, after a slash and without the suffix.
    emotions : mapping of str to str
        It translates the emotion's code, in small letters, into the name that serfast uses.
    speakers : mapping of str to str
        It translates speakers that have two names.
    speaker : str
        Who speaks where the names don't tell.
    """

    pattern: re.Pattern[str]
    emotions: Mapping[str, str]
    speakers: Mapping[str, str] = field(default_factory=dict)
    speaker: str = ""

    def names(self, path: Path) -> re.Match[str] | None:
        """Give what the pattern reads in a path, or None."""
        return self.pattern.fullmatch(path.as_posix()[: -len(path.suffix) or None])

    def recording(self, path: Path) -> Recording | None:
        """Give the recording that a path describes, or None if it is named otherwise."""
        match = self.names(path)
        if not match:
            return None
        parts = match.groupdict()
        speaker = parts.get("speaker") or self.speaker
        label = self.emotions[parts["emotion"].lower()]
        return Recording(path, label, self.speakers.get(speaker, speaker), parts.get("text"))

    def fits(self, paths: Sequence[Path], root: Path | None) -> list[Path]:
        """Give the recordings that are named so."""
        return [path for path in paths if self.names(path)]

    def read(self, paths: Sequence[Path], root: Path | None) -> list[Recording]:
        """Give the recordings that are named so, in the order of the paths."""
        return [one for path in paths if (one := self.recording(path))]


@dataclass(frozen=True)
class Corpus:
    """A known corpus.

    Parameters
    ----------
    name : str
        What `--labels` calls it.
    title : str
    language : str
    emotions : mapping of str to str
        Its own codes or words, and the names that serfast uses: the same for all corpora, so that
        models and corpora can be compared. A code that isn't here is left out.
    n_speakers, n_recordings : int or None
        How many the whole corpus has with these emotions, as published; None if that isn't told.
    licence : str
        Under which it is distributed.
    source : str
        The paper.
    url : str
        Where to get it.
    labels : Labels
        Where its labels come from.
    example : str
        What is labelled in such a way: the path of a recording.
    family : str
        Corpora of one family can lie in one folder: "auto" takes the first that fits.
    """

    name: str
    title: str
    language: str
    emotions: Mapping[str, str]
    n_speakers: int | None
    n_recordings: int | None
    licence: str
    source: str
    url: str
    labels: Labels
    example: str
    family: str = ""

    @property
    def classes(self) -> tuple[str, ...]:
        """Give the names of its classes, sorted."""
        return tuple(sorted(set(self.emotions.values())))
