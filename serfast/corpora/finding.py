"""Finding labelled recordings: in a folder whose files a corpus has named, or in a CSV file."""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from .._checks import fail, refuse, shown, similar
from ..audio.suffixes import AUDIO_SUFFIXES
from ..errors import ParameterError
from ..files import as_written
from .csv_labels import recordings_of_csv
from .messages import joined, listed, reason_of
from .recordings import Recording
from .schemes import SCHEMES, Scheme
from .searching import Found, search

__all__ = ["AUDIO_SUFFIXES", "audio_files", "find_labelled", "find_recordings", "known_of"]


def find_recordings(
    folder: str | os.PathLike[str], labels: str | os.PathLike[str] = "auto"
) -> list[Recording]:
    """Find a folder's recordings, subfolders and linked folders included, with their labels.

    Parameters
    ----------
    folder : path
        The folder, or a CSV file (the same as giving it as `labels`, with its folder).
    labels : {"auto", "emodb", "ravdess", "crema-d"} or path of a CSV file
        Where the labels come from. "auto" finds out which corpus named the files. A CSV file has
        the columns path (relative to the CSV file's folder), label, speaker and, optionally, text;
        it alone says which recordings there are. They must lie in the folder as their paths are
        written: a link in it may lead anywhere, and two links to one file are two recordings.

    Returns
    -------
    list of Recording
        Sorted by path; at least one.

    Raises
    ------
    ParameterError
        No such folder, one that may not be read, no recording in it, no or several schemes that
        fit, or a bad line in the CSV file (the message has its number).

    Warns
    -----
    UserWarning
        Some files' names don't fit the scheme, a subfolder may not be read, or a package is missing
        that some recordings need: they are left out, counted and named.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> pathlib.Path(folder.name, "03a01Fa.wav").touch()
    >>> [recording] = find_recordings(folder.name)
    >>> recording.label, recording.speaker, recording.text
    ('happiness', '03', 'a01')
    """
    recordings, result = find_labelled(folder, labels)
    _warn_of(result)
    return recordings


def find_labelled(
    folder: str | os.PathLike[str], labels: str | os.PathLike[str] = "auto"
) -> tuple[list[Recording], Found]:
    """Find a folder's recordings as :func:`find_recordings` does, and tell what else is there.

    Parameters, errors and warnings as of that function, except that what `result` tells is no
    warning.

    Returns
    -------
    recordings : list of Recording
    found : Found
        What was passed over, and what couldn't be read; nothing if a CSV file has the labels.
    """
    root, table = _path("folder", folder), _path("labels", labels)
    kind, name = _kind(root), str(table)
    if name == "auto" and root.suffix.lower() == ".csv" and kind == stat.S_IFREG:
        return recordings_of_csv(root, root.parent), Found()
    if kind != stat.S_IFDIR:
        fail("folder", "an existing folder", str(root))
    if table.suffix.lower() == ".csv":
        return recordings_of_csv(table, root), Found()
    scheme = None if name == "auto" else _scheme(name)
    result = search(root)
    if not result.paths:
        _refuse_empty(str(root), result)
    scheme = scheme or _detect(result.paths)
    recordings, others = _from_names(result.paths, scheme)
    if others:
        message = f"left out, not named as {scheme.title} does: {listed(others)}"
        warnings.warn(message, stacklevel=3)
    return recordings, result


def known_of(
    paths: Iterable[Path], labels: str | os.PathLike[str] = "auto"
) -> dict[Path, Recording]:
    """Tell label and speaker of the recordings of which they are known.

    Parameters
    ----------
    paths : iterable of Path
    labels : {"auto", "emodb", "ravdess", "crema-d"} or path of a CSV file
        As of :func:`find_recordings`. With "auto" nothing is known where no scheme fits.

    Returns
    -------
    dict of Path to Recording

    Raises
    ------
    ParameterError
        As :func:`find_recordings` does, if several schemes fit or the CSV file is bad.
    """
    given = list(paths)
    if Path(labels).suffix.lower() == ".csv":
        table = Path(labels)
        anywhere = Path(os.path.abspath(table)).anchor
        listed_ones = recordings_of_csv(table, Path(anywhere))
        rows = {as_written(recording.path): recording for recording in listed_ones}
        pairs = [(path, rows.get(as_written(path))) for path in given]
    else:
        schemes = _fitting(given) if labels == "auto" else [_scheme(str(labels))]
        if len(schemes) > 1:
            _detect(given)
        pairs = [(path, scheme.read(path)) for path in given for scheme in schemes]
    return {path: recording for path, recording in pairs if recording}


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
    return result.paths


def _path(name: str, value: str | os.PathLike[str]) -> Path:
    try:
        return Path(os.fsdecode(value))
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


def _scheme(labels: str) -> Scheme:
    if labels not in SCHEMES:
        rule = f"one of auto, {', '.join(SCHEMES)} or the path of a .csv file"
        refuse("labels", rule, shown(labels) + similar(labels, SCHEMES))
    return SCHEMES[labels]


def _fitting(paths: list[Path]) -> list[Scheme]:
    """Give the schemes that fit a name here."""
    return [scheme for scheme in SCHEMES.values() if any(map(scheme.read, paths))]


def _detect(paths: list[Path]) -> Scheme:
    """Find the one scheme that fits file names here."""
    fits = {}
    for scheme in SCHEMES.values():
        if matching := [path for path in paths if scheme.read(path)]:
            fits[scheme.title] = (scheme, matching)
    if len(fits) == 1:
        return next(iter(fits.values()))[0]
    choices = ", ".join(SCHEMES)
    if not fits:
        raise ParameterError(
            f'labels="auto" must find files named by one of {choices}, got {listed(paths)}; '
            "a CSV file can label any recordings"
        )
    seen = "; ".join(f"{title} {listed(matching)}" for title, (_, matching) in fits.items())
    raise ParameterError(
        f'labels="auto" must find one naming scheme, got {len(fits)} ({seen}); '
        f"choose one of {choices}"
    )


def _from_names(paths: list[Path], scheme: Scheme) -> tuple[list[Recording], list[Path]]:
    """Give the recordings that their names label, and the files that are named otherwise."""
    read = [(path, scheme.read(path)) for path in paths]
    recordings = [recording for _, recording in read if recording]
    others = [path for path, recording in read if not recording]
    if not recordings:
        rule = f"folder must hold files named as {scheme.title} does"
        raise ParameterError(f"{rule}, got {listed(others)}")
    return recordings, others
