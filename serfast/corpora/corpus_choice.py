"""Which known corpus recordings are of: the one that is named, or the one that fits."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path

from .._checks import refuse, shown, similar
from ..errors import ParameterError
from .by_name import ByName, NamePatterns
from .catalogue import CORPORA
from .corpus import Corpus
from .messages import listed
from .path_list import files_of
from .stored import STORED
from .table_rows import TABLE_SUFFIXES

__all__ = ["FOLDERS", "PATTERN", "corpus_named", "fitting", "is_table", "the_one_that_fits"]

FOLDERS = "folders"
"""What `labels` is where folders' names are the labels."""

PATTERN = "pattern:"
"""What `labels` begins with where a regular expression finds the labels."""

Places = Sequence[int]
"""Places in a sequence of recordings."""


def is_table(path: Path, labels: str) -> bool:
    """Tell whether labels are a table's, by its name."""
    return path.suffix.lower() in TABLE_SUFFIXES and not labels.startswith(PATTERN)


def corpus_named(labels: str) -> Corpus:
    """Give the known corpus of a name.

    Raises
    ------
    ParameterError
        If there is none; the message has the most similar name.
    """
    if labels not in CORPORA:
        names = (FOLDERS, *STORED, *CORPORA)
        rule = f"one of auto, {', '.join(names)} or the path of a table (.csv …)"
        refuse("labels", rule, shown(labels) + similar(labels, names))
    return CORPORA[labels]


def fitting(paths: Sequence[Path], root: Path | None) -> list[tuple[Corpus, Places]]:
    """Give the corpora that fit, one of each family, and the places of those that they label."""
    by_name: Mapping[str, Places] = _named_so(paths)
    fits: list[tuple[Corpus, Places]] = []
    for corpus in CORPORA.values():
        if corpus.family and any(one.family == corpus.family for one, _ in fits):
            continue
        name = corpus.name
        places = by_name[name] if name in by_name else corpus.labels.fits(paths, root)
        if places:
            fits.append((corpus, places))
    return fits


def _named_so(paths: Sequence[Path]) -> dict[str, array[int]]:
    """Give the places of the recordings that each corpus with patterns of names labels."""
    corpora = {name: one.labels for name, one in CORPORA.items() if isinstance(one.labels, ByName)}
    places = {name: array("I") for name in corpora}
    for place, names in NamePatterns(corpora).matching(files_of(paths)):
        for name in names:
            places[name].append(place)
    return places


def the_one_that_fits(fits: Sequence[tuple[Corpus, Places]], paths: Sequence[Path]) -> Corpus:
    """Give the one corpus that fits.

    Raises
    ------
    ParameterError
        If none fits, or several do.
    """
    if len(fits) == 1:
        return fits[0][0]
    if not fits:
        raise ParameterError(
            'labels="auto" must find the files of a known corpus (`serfast corpora` lists them), '
            f'got {listed(paths)}; labels="folders", a pattern or a table can label any recordings'
        )
    seen = "; ".join(f"{corpus.title} {listed([paths[k] for k in at])}" for corpus, at in fits)
    choices = ", ".join(corpus.name for corpus, _ in fits)
    raise ParameterError(
        f'labels="auto" must find one corpus, got {len(fits)} ({seen}); choose one of {choices}'
    )
