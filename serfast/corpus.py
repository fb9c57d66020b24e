"""Labelled recordings: who says what in which emotion, from file names or from a table.

Three corpora name their files by a scheme of their own (EmoDB, RAVDESS, CREMA-D); a CSV file
labels any other. The emotions of the three schemes have one set of names, so that models and
corpora can be compared.
"""

from __future__ import annotations

import csv
import os
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ._checks import fail
from .errors import ParameterError

__all__ = ["AUDIO_SUFFIXES", "SCHEMES", "Recording", "audio_files", "find_recordings"]

AUDIO_SUFFIXES = frozenset({".aif", ".aifc", ".aiff", ".au", ".caf", ".flac", ".mp3"}) | frozenset(
    {".oga", ".ogg", ".opus", ".rf64", ".w64", ".wav"}
)
"""Suffixes, in lower case, by which a folder's recordings are known."""

_COLUMNS = {"path", "label", "speaker"}  # that a CSV file must have
_SHOWN = 5  # of a list of offenders in a message


@dataclass(frozen=True, order=True)
class Recording:
    """One labelled recording.

    Parameters
    ----------
    path : Path
        Its file.
    label : str
        Its class, in the schemes' case an emotion; printable.
    speaker : str
        Who speaks, as the corpus numbers them; printable.
    text : str or None
        Which sentence is said, as the corpus numbers them, if known.

    Raises
    ------
    ParameterError
        If label or speaker breaks its rule: no model could hold it.
    """

    path: Path
    label: str
    speaker: str
    text: str | None = None

    def __post_init__(self) -> None:
        for name in ("label", "speaker"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value or not value.isprintable():
                fail(name, "printable text", value)


@dataclass(frozen=True)
class Scheme:
    """A corpus's way to name files: a pattern with groups speaker, text, emotion.

    `emotions` translates the emotion's code into the name that serfast uses.
    """

    title: str
    pattern: re.Pattern[str]
    emotions: dict[str, str]

    def read(self, path: Path) -> Recording | None:
        """Give the recording that the file's name describes, or None if it is named otherwise."""
        match = self.pattern.fullmatch(path.stem)
        if not match:
            return None
        return Recording(path, self.emotions[match["emotion"]], match["speaker"], match["text"])


def _scheme(title: str, pattern: str, emotions: str) -> Scheme:
    names = dict(pair.split("=") for pair in emotions.split())
    codes = "|".join(names)
    return Scheme(title, re.compile(pattern.replace("EMOTION", f"(?P<emotion>{codes})")), names)


SCHEMES = {
    # Burkhardt et al., "A database of German emotional speech", Interspeech 2005: speaker,
    # sentence, emotion (initial of its German name), version. Example: 03a01Fa.
    "emodb": _scheme(
        "EmoDB",
        r"(?P<speaker>\d\d)(?P<text>[ab]\d\d)EMOTION[a-z]",
        "W=anger L=boredom E=disgust A=fear F=happiness T=sadness N=neutral",
    ),
    # Livingstone and Russo, "The Ryerson Audio-Visual Database of Emotional Speech and Song",
    # PLOS ONE 13(5), 2018: modality (01 sound and picture, 03 sound), channel (01 speech; 02, song,
    # is left out), emotion, intensity, statement, repetition, actor. Example: 03-01-05-02-01-01-12.
    "ravdess": _scheme(
        "RAVDESS",
        r"0[13]-01-EMOTION-0[12]-(?P<text>0[12])-0[12]-(?P<speaker>\d\d)",
        "01=neutral 02=calm 03=happiness 04=sadness 05=anger 06=fear 07=disgust 08=surprise",
    ),
    # Cao et al., "CREMA-D: Crowd-sourced emotional multimodal actors dataset", IEEE Transactions
    # on Affective Computing 5(4), 2014: actor, sentence, emotion, level (LO, MD, HI, XX; one file
    # of the corpus ends in a single X). Example: 1001_DFA_ANG_XX.
    "crema-d": _scheme(
        "CREMA-D",
        r"(?P<speaker>1\d\d\d)_(?P<text>[A-Z]{3})_EMOTION_(LO|MD|HI|XX?)",
        "ANG=anger DIS=disgust FEA=fear HAP=happiness NEU=neutral SAD=sadness",
    ),
}
"""The known ways to name files."""


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
        return _from_csv(root, root.parent)
    if not root.is_dir():
        fail("folder", "an existing folder", os.fspath(folder))
    if Path(labels).suffix.lower() == ".csv":
        return _from_csv(Path(labels), root)
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
            if path.suffix.lower() not in AUDIO_SUFFIXES or name.startswith("."):
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
            f'labels="auto" must find files named by one of {choices}, got {_listed(paths)}; '
            "a CSV file can label any recordings"
        )
    seen = "; ".join(f"{title} {_listed(matching)}" for title, (_, matching) in fits.items())
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
        raise ParameterError(f"{rule}, got {_listed(others)}")
    if others:
        message = f"left out, not named as {scheme.title} does: {_listed(others)}"
        warnings.warn(message, stacklevel=3)
    return recordings


def _from_csv(table: Path, folder: Path) -> list[Recording]:
    """Read the recordings that a CSV file lists, all of them inside `folder`."""
    lines = _lines(table)
    _, header = next(lines)
    if not _COLUMNS.issubset(header) or len(set(header)) < len(header):
        rule = "header must name path, label and speaker, each once"
        raise ParameterError(f"{table}: {rule}, got {','.join(header) or 'nothing'}")
    recordings: dict[str, Recording] = {}
    problems = []
    for number, cells in lines:
        try:
            recording = _from_cells(header, cells, table.parent, folder)
            resolved = os.path.realpath(recording.path)  # by whatever way: the same file
            if resolved in recordings:
                raise ParameterError(f"{recording.path} is listed twice")
            recordings[resolved] = recording
        except ParameterError as error:
            problems.append(f"line {number}: {error}")
    if problems:
        raise ParameterError(f"{table}: {_joined(problems, '; ')}")
    if not recordings:
        raise ParameterError(f"{table}: has no row below its header")
    return sorted(recordings.values(), key=lambda recording: recording.path.parts)


def _lines(table: Path) -> Iterator[tuple[int, list[str]]]:
    """Give number and cells of the header and of each line that isn't blank."""
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            yield 1, [name.strip() for name in next(reader, [])]
            for cells in reader:
                if cells:
                    yield reader.line_num, [cell.strip() for cell in cells]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ParameterError(f"{table}: can't be read as CSV: {reason}") from error


def _from_cells(header: list[str], cells: list[str], base: Path, folder: Path) -> Recording:
    if len(cells) != len(header):
        raise ParameterError(f"must have {len(header)} cells, got {len(cells)}")
    row = dict(zip(header, cells, strict=True))
    if empty := sorted(name for name in _COLUMNS if not row[name]):
        raise ParameterError(f"{empty[0]} is empty")
    path = base / row["path"]
    if not path.is_file():
        raise ParameterError(f"no such file: {path}")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ParameterError(f"{path} is outside the folder {folder}")
    return Recording(path, row["label"], row["speaker"], row.get("text") or None)


def _listed(paths: list[Path]) -> str:
    noun = "file" if len(paths) == 1 else "files"
    return f"{len(paths)} {noun}: {_joined([path.name for path in paths], ', ')}"


def _joined(items: list[str], separator: str) -> str:
    more = [f"and {len(items) - _SHOWN} more"] if len(items) > _SHOWN else []
    return separator.join(items[:_SHOWN] + more)
