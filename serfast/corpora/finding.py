"""Finding labelled recordings: in a folder of a known corpus, by a pattern, or in a table."""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from .._checks import fail, refuse, shown, similar
from ..audio.suffixes import AUDIO_SUFFIXES
from ..errors import ParameterError
from ..files import as_written
from ..urls import UrlPath, as_path
from .archives import arrow_file, inside_archive, is_archive, search_archive
from .arrow_files import is_arrow
from .by_pattern import by_folders, by_pattern, pattern_of
from .catalogue import CORPORA
from .columns import columns_of_text
from .corpus import ByName, Corpus
from .emotions import emotion_table, translated
from .label_tables import recordings_of_table, sources_of_table
from .messages import joined, listed, reason_of
from .path_list import PathList
from .recordings import Recording
from .searching import Found, search
from .source_list import SourceList
from .stored import STORED, described_by
from .stored_datasets import is_stored_dataset, read_dataset_file
from .table_rows import TABLE_SUFFIXES

__all__ = [
    "AUDIO_SUFFIXES",
    "audio_files",
    "find_labelled",
    "find_recordings",
    "find_sources",
    "known_of",
    "labelled_by_name",
]


FOLDERS = "folders"
"""What `labels` is where folders' names are the labels."""

PATTERN = "pattern:"
"""What `labels` begins with where a regular expression finds the labels."""

PathLike = str | os.PathLike[str]


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
    recordings, result = _labelled(folder, labels, columns)
    if names is not None:
        recordings = translated(recordings, names)
        if not recordings:
            fail("emotions", "a table that leaves some recordings", emotions)
    return recordings, result


def find_sources(folder: PathLike, labels: PathLike = "auto") -> tuple[SourceList, Found]:
    """Find what a dataset has of a folder's recordings, a table's in little memory.

    Parameters, errors and warnings as of :func:`find_labelled`.
    """
    tables: list[SourceList] = []

    def of_table(table: Path, root: Path, columns: Mapping[str, str] | None) -> list[Recording]:
        tables.append(sources_of_table(table, root))
        return []

    recordings, result = _labelled(folder, labels, None, of_table)
    return tables[0] if tables else SourceList(recordings), result


def _labelled(
    folder: PathLike,
    labels: PathLike,
    columns: str | Mapping[str, str] | None,
    of_table: Callable[..., list[Recording]] = recordings_of_table,
) -> tuple[list[Recording], Found]:
    root, table = _path("folder", folder), _path("labels", labels)
    kind, name = _kind(root), os.fspath(labels) if isinstance(labels, str) else str(table)
    if name == "auto" and root.suffix.lower() in TABLE_SUFFIXES and kind == stat.S_IFREG:
        if not isinstance(root, UrlPath) and is_arrow(root) and arrow_file(root).audio_columns():
            return read_dataset_file(root, _named(columns)), Found()
        root, table, kind = root.parent, root, stat.S_IFDIR
    is_table = table.suffix.lower() in TABLE_SUFFIXES and not name.startswith(PATTERN)
    named = _named(columns)
    if columns is not None and not is_table and name not in ("auto", *STORED):
        fail("columns", "given with a table of labels", columns)
    if kind == stat.S_IFREG and is_archive(root):
        if is_table:
            fail("folder", "a folder when a table has the labels", str(root))
        within = search_archive(root)
        base = inside_archive(root) if isinstance(root, UrlPath) else root
        return _in_files(base, name, named, within)
    if kind != stat.S_IFDIR:
        fail("folder", "an existing folder", str(root))
    if is_table:
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
) -> tuple[list[Recording], Found]:
    """Label the recordings that were found, by their names or by what lies beside them."""
    paths = result.paths
    if name == "auto":
        fits = _fitting(paths, root) if columns is None else []
        is_here = not isinstance(root, UrlPath) and root.is_dir()
        if not fits and is_here and (stored := described_by(root, bool(paths))):
            return STORED[stored](root, columns), Found()
    if columns is not None:
        fail("columns", "given with a table of labels", columns)
    if name not in ("auto", FOLDERS) and not name.startswith(PATTERN):
        _corpus(name)  # a wrong name is refused before an empty folder
    if not paths:
        _refuse_empty(str(root), result)
    if name == FOLDERS or name.startswith(PATTERN):
        return _by_own_rule(paths, root, name), result
    corpus = _the_one(fits, paths) if name == "auto" else _corpus(name)
    return _of_corpus(paths, root, corpus), replace(result, corpus=corpus.name)


def known_of(paths: Iterable[Path], labels: PathLike = "auto") -> dict[Path, Recording]:
    """Tell label and speaker of the recordings of which they are known.

    Parameters
    ----------
    paths : iterable of Path
    labels : "auto", name of a corpus or path of a table
        As of :func:`find_recordings`. With "auto" nothing is known where no corpus's names fit.

    Returns
    -------
    dict of Path to Recording

    Raises
    ------
    ParameterError
        As :func:`find_recordings` does, if several corpora fit or the table is bad; and for
        "folders" and patterns.
    """
    given = list(paths)
    if str(labels) in (FOLDERS, *STORED) or str(labels).startswith(PATTERN):
        fail("labels", "auto, a corpus's name or a table's path where no folder is known", labels)
    table = as_path(labels)
    if table.suffix.lower() in TABLE_SUFFIXES:
        anywhere = Path(os.path.abspath(table)).anchor
        listed_ones = recordings_of_table(table, Path(anywhere))
        rows = {as_written(recording.path): recording for recording in listed_ones}
        pairs = [(path, rows.get(as_written(path))) for path in given]
        return {path: recording for path, recording in pairs if recording}
    if labels == "auto":
        fits = _fitting(given, None)
        corpora = [_the_one(fits, given)] if fits else []
    else:
        corpora = [_corpus(str(labels))]
    return {one.path: one for corpus in corpora for one in corpus.labels.read(given, None)}


def labelled_by_name(paths: Sequence[Path]) -> Iterator[Recording | Path]:
    """Give paths as recordings, in their order, where a known corpus's names tell their labels.

    Where no corpus's names fit, they stay paths. None of them is kept: there may be a million.

    Raises
    ------
    ParameterError
        Several corpora fit.
    """
    fits = _fitting(paths, None)
    labels = _the_one(fits, paths).labels if fits else None
    for path in paths:
        recordings = labels.read([path], None) if labels else []
        yield recordings[0] if recordings else path


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


def _corpus(labels: str) -> Corpus:
    if labels not in CORPORA:
        names = (FOLDERS, *STORED, *CORPORA)
        rule = f"one of auto, {', '.join(names)} or the path of a table (.csv …)"
        refuse("labels", rule, shown(labels) + similar(labels, names))
    return CORPORA[labels]


def _fitting(paths: Sequence[Path], root: Path | None) -> list[tuple[Corpus, Sequence[Path]]]:
    """Give the corpora that fit, one of each family, and the recordings that they label."""
    by_name = _matching(paths)
    fits: list[tuple[Corpus, Sequence[Path]]] = []
    for corpus in CORPORA.values():
        if corpus.family and any(one.family == corpus.family for one, _ in fits):
            continue
        if matching := _fits(corpus, by_name, paths, root):
            fits.append((corpus, matching))
    return fits


def _fits(
    corpus: Corpus, by_name: Mapping[str, PathList], paths: Sequence[Path], root: Path | None
) -> Sequence[Path]:
    if corpus.name in by_name:
        return by_name[corpus.name]
    return corpus.labels.fits(paths, root)


def _matching(paths: Sequence[Path]) -> dict[str, PathList]:
    """Give the recordings that each corpus with a pattern of names labels.

    A path, which may have to be made, is shown to all patterns before the next one is.
    """
    patterns = {name: one.labels for name, one in CORPORA.items() if isinstance(one.labels, ByName)}
    matching = {name: PathList() for name in patterns}
    for path in paths:
        for name, labels in patterns.items():
            if labels.names(path):
                matching[name].append(path)
    return matching


def _the_one(fits: list[tuple[Corpus, Sequence[Path]]], paths: Sequence[Path]) -> Corpus:
    """Give the one corpus that fits."""
    if len(fits) == 1:
        return fits[0][0]
    if not fits:
        raise ParameterError(
            'labels="auto" must find the files of a known corpus (`serfast corpora` lists them), '
            f'got {listed(paths)}; labels="folders", a pattern or a table can label any recordings'
        )
    seen = "; ".join(f"{corpus.title} {listed(matching)}" for corpus, matching in fits)
    choices = ", ".join(corpus.name for corpus, _ in fits)
    raise ParameterError(
        f'labels="auto" must find one corpus, got {len(fits)} ({seen}); choose one of {choices}'
    )


def _of_corpus(paths: Sequence[Path], root: Path, corpus: Corpus) -> list[Recording]:
    """Give the recordings that a corpus labels, and warn of the others."""
    recordings = corpus.labels.read(paths, root)
    if not recordings:
        rule = f"folder must hold files named as {corpus.title} does"
        raise ParameterError(f"{rule}, got {listed(paths)}")
    _warn_of_others(paths, recordings, f"not named as {corpus.title} does")
    known = [replace(one, corpus=corpus.name) for one in recordings]
    return sorted(known, key=lambda one: (one.path.parts, one.start or 0.0))


def _by_own_rule(paths: Sequence[Path], root: Path, labels: str) -> list[Recording]:
    """Give the recordings that folders or a pattern label, and warn of the others."""
    if labels == FOLDERS:
        recordings, why = by_folders(paths, root), "not in a folder that could be the label"
    else:
        pattern = pattern_of(labels.removeprefix(PATTERN))
        recordings, why = by_pattern(paths, root, pattern), "not labelled by the pattern"
    if not recordings:
        raise ParameterError(f"labels must fit some recording, got {labels!r}: {listed(paths)}")
    _warn_of_others(paths, recordings, why)
    return recordings


def _warn_of_others(paths: Sequence[Path], recordings: list[Recording], why: str) -> None:
    labelled = {recording.path for recording in recordings}
    if others := [path for path in paths if path not in labelled]:
        warnings.warn(f"left out, {why}: {listed(others)}", stacklevel=6)
