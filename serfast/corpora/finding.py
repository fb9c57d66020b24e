"""Finding labelled recordings: in a folder whose files a corpus has named, or in a CSV file."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from .._checks import fail
from ..audio.suffixes import AUDIO_SUFFIXES, why_not_read
from ..errors import ParameterError
from .csv_labels import recordings_of_csv
from .messages import listed
from .recordings import Recording
from .schemes import SCHEMES, Scheme

__all__ = ["AUDIO_SUFFIXES", "audio_files", "find_recordings"]


def find_recordings(
    folder: str | os.PathLike[str], labels: str | os.PathLike[str] = "auto"
) -> list[Recording]:
    """Find a folder's recordings, subfolders included, with their labels.

    Parameters
    ----------
    folder : path
        The folder, or a CSV file (the same as giving it as `labels`, with its folder).
    labels : {"auto", "emodb", "ravdess", "crema-d"} or path of a CSV file
        Where the labels come from. "auto" finds out which corpus named the files. A CSV file has
        the columns path (relative to the CSV file's folder), label, speaker and, optionally, text;
        it alone says which recordings there are.

    Returns
    -------
    list of Recording
        Sorted by path; at least one.

    Raises
    ------
    ParameterError
        No such folder, no recording in it, no or several schemes that fit, or a bad line in the
        CSV file (the message has its number).

    Warns
    -----
    UserWarning
        Some files' names don't fit the scheme: they are left out, and listed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> pathlib.Path(folder.name, "03a01Fa.wav").touch()
    >>> [recording] = find_recordings(folder.name)
    >>> recording.label, recording.speaker, recording.text
    ('happiness', '03', 'a01')
    """
    root = Path(folder)
    if labels == "auto" and root.suffix.lower() == ".csv" and root.is_file():
        return recordings_of_csv(root, root.parent)
    if not root.is_dir():
        fail("folder", "an existing folder", os.fspath(folder))
    if Path(labels).suffix.lower() == ".csv":
        return recordings_of_csv(Path(labels), root)
    if labels != "auto" and labels not in SCHEMES:
        fail("labels", f"one of auto, {', '.join(SCHEMES)} or the path of a .csv file", labels)
    paths = audio_files(root)
    if not paths:
        fail("folder", "a folder with recordings in it", os.fspath(folder))
    scheme = _detect(paths) if labels == "auto" else SCHEMES[str(labels)]
    return _from_names(paths, scheme)


def audio_files(folder: str | os.PathLike[str]) -> list[Path]:
    """All audio files below a folder, by suffix; hidden files and folders are passed over.

    Parameters
    ----------
    folder : path
        Where to look. Links to files count, links to folders aren't followed; pipes and devices
        are passed over.

    Returns
    -------
    list of Path
        Sorted by folder, then name; the paths begin with `folder`.
    """
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if name.startswith(".") or why_not_read(path):
                continue
            if path.is_file() or not path.exists():  # a broken link is reported when it is read
                found.append(path)
    return sorted(found, key=lambda path: path.parts)


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


def _from_names(paths: list[Path], scheme: Scheme) -> list[Recording]:
    read = [(path, scheme.read(path)) for path in paths]
    recordings = [recording for _, recording in read if recording]
    others = [path for path, recording in read if not recording]
    if not recordings:
        rule = f"folder must hold files named as {scheme.title} does"
        raise ParameterError(f"{rule}, got {listed(others)}")
    if others:
        message = f"left out, not named as {scheme.title} does: {listed(others)}"
        warnings.warn(message, stacklevel=3)
    return recordings
