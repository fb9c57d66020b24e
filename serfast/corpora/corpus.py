"""A known corpus: what it is, and how its recordings get their labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .recordings import Recording

__all__ = ["Corpus", "Labels"]


class Labels(Protocol):
    """Where a corpus's labels come from: file names, or files of labels beside the recordings."""

    def fits(self, paths: Sequence[Path], root: Path | None) -> Sequence[int]:
        """Give the places of the recordings that are labelled so; none if it isn't this corpus."""
        ...

    def read(self, paths: Sequence[Path], root: Path | None) -> Iterator[tuple[int, Recording]]:
        """Give the labelled recordings and the places of their files.

        They come in the order of the paths or of the labels.
        """
        ...


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
