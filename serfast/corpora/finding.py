"""Finding labelled recordings: in a folder of a known corpus, by a pattern, or in a table."""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn, TypeVar

from .._checks import fail, shown
from ..audio.suffixes import AUDIO_SUFFIXES
from ..errors import ParameterError
from ..urls import UrlPath, as_path
from .archives import arrow_file, inside_archive, is_archive, search_archive
from .arrow_files import is_arrow
from .by_pattern import by_folders, by_pattern, pattern_of
from .columns import columns_of_text
from .corpus import Corpus
from .corpus_choice import FOLDERS, PATTERN, corpus_named, fitting, is_table, the_one_that_fits
from .emotions import emotion_table, translated
from .garbage import collection_waits
from .label_tables import recordings_of_table, sources_of_table
from .labelled_files import LabelledFiles
from .messages import joined, reason_of
from .recordings import Recording
from .searching import Found, search
from .source_list import SourceList
from .stored import STORED, described_by
from .stored_datasets import is_stored_dataset, read_dataset_file
from .table_rows import TABLE_SUFFIXES

__all__ = ["AUDIO_SUFFIXES", "audio_files", "find_labelled", "find_recordings", "find_sources"]

PathLike = str | os.PathLike[str]

Listed = TypeVar("Listed")
"""What is made of a table."""


def find_recordings(
    folder: PathLike,
    labels: PathLike = "auto",
    *,
    columns: str | Mapping[str, str] | None = None,
    emotions: PathLike | Mapping[str, str] | None = None,
) -> list[Recording]:
    """Find a folder's recordings, subfolders and linked folders included, with their labels.

    Parameters
    ----------
    folder : path
        The folder; or a table (the same as giving it as `labels`, with its folder); or a zip or tar
        archive, or a Parquet file with audio in it, whose recordings are read in place.
    labels : {"auto", "folders"}, name of a corpus, "pattern:REGEX" or path of a table
        Where the labels come from. "auto" finds out which corpus it is; :data:`CORPORA
        <serfast.corpora.CORPORA>` has the names. Failing that it reads what says itself what it is:
        a dataset of Hugging Face's `datasets` on disk ("datasets"), its folders with a
        `metadata.csv` ("audiofolder"), a database of audformat ("audformat"). "folders" are the
        names of the folders that the recordings lie in, as in `happy/03.wav` or
        `anna/happy/03.wav`, where Anna speaks. A regular expression is searched in the path below
        `folder`; its groups label, speaker and text tell these. A table (.csv, .tsv, .json, .jsonl,
        .parquet) has the columns path (relative to the table's folder or to `folder`), label,
        speaker and, optionally, text, start and end [s], fold, arousal, valence, dominance; it
        alone says which recordings there are. They must lie in the folder as their paths are
        written: a link in it may lead anywhere, and two links to one file are two recordings.
    columns : str or mapping, optional
        What a table calls its columns, such as "path=file,label=emo".
    emotions : str, path or mapping, optional
        Which name each label gets, as in "joy=happiness,xxx=-"; "-" leaves it out, "standard" is
        serfast's own table, a path is a JSON file. Labels that it lacks stay as they are.

    Returns
    -------
    list of Recording
        Sorted by path; at least one.

    Raises
    ------
    ParameterError
        No such folder, one that may not be read, no recording in it, no or several corpora that
        fit, or a bad line in the table (the message has its number).

    Warns
    -----
    UserWarning
        Some files' names don't fit, a subfolder may not be read, or a package is missing that some
        recordings need: they are left out, counted and named.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> pathlib.Path(folder.name, "03a01Fa.wav").touch()
    >>> [recording] = find_recordings(folder.name)
    >>> recording.label, recording.speaker, recording.text
    ('happiness', '03', 'a01')
    """
    recordings, result = find_labelled(folder, labels, columns=columns, emotions=emotions)
    _warn_of(result)
    return recordings


def find_labelled(
    folder: PathLike,
    labels: PathLike = "auto",
    *,
    columns: str | Mapping[str, str] | None = None,
    emotions: PathLike | Mapping[str, str] | None = None,
) -> tuple[list[Recording], Found]:
    """Find a folder's recordings as :func:`find_recordings` does, and tell what else is there.

    Parameters, errors and warnings as of that function, except that what `result` tells is no
    warning.

    Returns
    -------
    recordings : list of Recording
    found : Found
        What was passed over, and what couldn't be read; nothing if a table has the labels.
    """
    names = None if emotions is None else emotion_table(emotions)
    labelled, result = _labelled(folder, labels, columns, recordings_of_table)
    with collection_waits():
        recordings = list(labelled)
    if result.corpus:
        recordings = [replace(one, corpus=result.corpus) for one in recordings]
    if isinstance(labelled, LabelledFiles) and not labelled.are_sorted:
        recordings = [recordings[k] for k in labelled.order(one.start for one in recordings)]
    if names is not None:
        recordings = translated(recordings, names)
        if not recordings:
            fail("emotions", "a table that leaves some recordings", emotions)
    return recordings, result


def find_sources(folder: PathLike, labels: PathLike = "auto") -> tuple[SourceList, Found]:
    """Find what a dataset has of a folder's recordings, in little memory, however many there are.

    Parameters, errors and warnings as of :func:`find_labelled`.
    """
    recordings, result = _labelled(folder, labels, None, sources_of_table)
    sources = recordings if isinstance(recordings, SourceList) else SourceList(recordings)
    if isinstance(recordings, LabelledFiles) and not recordings.are_sorted:
        sources = sources.reordered(recordings.order(sources.times()[0]))
    return sources, result


def _labelled(
    folder: PathLike,
    labels: PathLike,
    columns: str | Mapping[str, str] | None,
    of_table: Callable[[Path, Path, Mapping[str, str] | None], Listed],
) -> tuple[Iterable[Recording] | Listed, Found]:
    """Give recordings, which may be found while they are gone through; or what a table gives."""
    root, table = _path("folder", folder), _path("labels", labels)
    kind, name = _kind(root), os.fspath(labels) if isinstance(labels, str) else str(table)
    if name == "auto" and root.suffix.lower() in TABLE_SUFFIXES and kind == stat.S_IFREG:
        if not isinstance(root, UrlPath) and is_arrow(root) and arrow_file(root).audio_columns():
            return read_dataset_file(root, _named(columns)), Found()
        root, table, kind = root.parent, root, stat.S_IFDIR
    in_table = is_table(table, name)
    named = _named(columns)
    if columns is not None and not in_table and name not in ("auto", *STORED):
        fail("columns", "given with a table of labels", columns)
    if kind == stat.S_IFREG and is_archive(root):
        if in_table:
            fail("folder", "a folder when a table has the labels", str(root))
        within = search_archive(root)
        base = inside_archive(root) if isinstance(root, UrlPath) else root
        return _in_files(base, name, named, within)
    if kind != stat.S_IFDIR:
        fail("folder", "an existing folder", str(root))
    if in_table:
        return of_table(table, root, named), Found()
    here = not isinstance(root, UrlPath)  # stored datasets are read where they lie
    if name == "auto" and here and is_stored_dataset(root):
        name = "datasets"
    if name in STORED:
        if not here:
            fail("folder", f"on this machine's disk for labels {name}", str(root))
        return STORED[name](root, named), Found()
    return _in_files(root, name, named, search(root))


def _named(columns: str | Mapping[str, str] | None) -> Mapping[str, str] | None:
    if columns is not None and not isinstance(columns, (str, Mapping)):
        fail("columns", "text or a mapping", columns)
    return columns_of_text(columns) if isinstance(columns, str) else columns


def _in_files(
    root: Path, name: str, columns: Mapping[str, str] | None, result: Found
) -> tuple[Iterable[Recording], Found]:
    """Label the recordings that were found, by their names or by what lies beside them."""
    paths = result.paths
    if name == "auto":
        fits = fitting(paths, root) if columns is None else []
        is_here = not isinstance(root, UrlPath) and root.is_dir()
        if not fits and is_here and (stored := described_by(root, bool(paths))):
            return STORED[stored](root, columns), Found()
    if columns is not None:
        fail("columns", "given with a table of labels", columns)
    if name not in ("auto", FOLDERS) and not name.startswith(PATTERN):
        corpus_named(name)  # a wrong name is refused before an empty folder
    if not paths:
        _refuse_empty(str(root), result)
    if name == FOLDERS or name.startswith(PATTERN):
        return _by_own_rule(paths, root, name), result
    corpus = the_one_that_fits(fits, paths) if name == "auto" else corpus_named(name)
    return _of_corpus(paths, root, corpus), replace(result, corpus=corpus.name)


def audio_files(folder: str | os.PathLike[str]) -> list[Path]:
    """All audio files below a folder, by suffix; hidden files and folders are passed over.

    Parameters
    ----------
    folder : path
        Where to look. Links to files and folders are followed, loops aren't; pipes and devices are
        passed over. :func:`serfast.corpora.searching.search` tells what was passed over, too.

    Returns
    -------
    list of Path
        Sorted by folder, then name; the paths begin with `folder`.

    Warns
    -----
    UserWarning
        A folder can't be read, or a package is missing that some recordings need.
    """
    result = search(folder)
    _warn_of(result)
    return list(result.paths)


def _path(name: str, value: str | os.PathLike[str]) -> Path:
    try:
        return as_path(value)
    except TypeError:
        fail(name, "a path", value)


def _kind(path: Path) -> int | None:
    """Tell whether it is a file or a folder; None if it is nothing."""
    try:
        return stat.S_IFMT(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:  # may not be looked at, or is no path at all
        rule = "folder must be one that can be read"
        raise ParameterError(f"{rule}, got {os.fspath(path)!r}: {reason_of(error)}") from error


def _refuse_empty(folder: str, result: Found) -> NoReturn:
    """Say that there is no recording, and what there is instead."""
    others = [*result.problems, *filter(None, [result.rest()])]
    rest = f" ({joined(others, '; ')})" if others else ""
    raise ParameterError(
        f"folder must be a folder with recordings in it, got {shown(folder)}{rest}"
    )


def _warn_of(result: Found) -> None:
    """Warn of what is probably missed: folders that can't be read, and other kinds of recording."""
    if result.problems:
        number = f"{len(result.problems)} folder{'s' * (len(result.problems) > 1)}"
        message = f"left out, can't be read: {number}: {joined(result.problems, '; ')}"
        warnings.warn(message, stacklevel=3)
    if missed := result.missed():
        warnings.warn(f"passed over: {missed}", stacklevel=3)


def _of_corpus(paths: Sequence[Path], root: Path, corpus: Corpus) -> LabelledFiles:
    """Give the recordings that a corpus labels, and warn of the others."""
    why = f"not named as {corpus.title} does"
    rule = f"folder must hold files named as {corpus.title} does, got {{}}"
    return LabelledFiles(paths, corpus.labels.read(paths, root), why, rule)


def _by_own_rule(paths: Sequence[Path], root: Path, labels: str) -> LabelledFiles:
    """Give the recordings that folders or a pattern label, and warn of the others."""
    if labels == FOLDERS:
        recordings, why = by_folders(paths, root), "not in a folder that could be the label"
    else:
        pattern = pattern_of(labels.removeprefix(PATTERN))
        recordings, why = by_pattern(paths, root, pattern), "not labelled by the pattern"
    rule = f"labels must fit some recording, got {labels!r}: {{}}"
    return LabelledFiles(paths, recordings, why, rule)
