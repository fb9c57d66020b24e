"""Labels in a CSV file: the columns path, label, speaker and, optionally, text."""

from __future__ import annotations

import csv
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ..errors import ParameterError
from ..files import as_written
from .messages import joined, printable, reason_of
from .recordings import Recording

__all__ = ["recordings_of_csv"]

COLUMNS = {"path", "label", "speaker"}
"""The columns that a CSV file must have."""


def recordings_of_csv(table: Path, folder: Path) -> list[Recording]:
    """Read the recordings that a CSV file lists, all of them inside `folder`.

    Their paths are taken as they are written: a link in the folder is inside, whatever it leads to.
    """
    lines = _lines(table)
    _, header = next(lines)
    if not COLUMNS.issubset(header) or len(set(header)) < len(header):
        rule = "header must name path, label and speaker, each once"
        raise ParameterError(f"{table}: {rule}, got {','.join(header) or 'nothing'}")
    inside = _Inside(folder)
    recordings: dict[Path, Recording] = {}
    problems = []
    for number, cells in lines:
        try:
            recording = _from_cells(header, cells, table.parent, inside)
            written = as_written(recording.path)  # with or without dots: the same file
            if written in recordings:
                raise ParameterError(f"{printable(recording.path)} is listed twice")
            recordings[written] = recording
        except ParameterError as error:
            problems.append(f"line {number}: {error}")
    if problems:
        raise ParameterError(f"{table}: {joined(problems, '; ')}")
    if not recordings:
        raise ParameterError(f"{table}: has no row below its header")
    return sorted(recordings.values(), key=lambda recording: recording.path.parts)


def _lines(table: Path) -> Iterator[tuple[int, list[str]]]:
    """Give number and cells of the header, without spaces, and of each line that isn't blank."""
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            yield 1, [name.strip() for name in next(reader, [])]
            for cells in reader:
                if cells:
                    yield reader.line_num, cells
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ParameterError(f"{table}: can't be read as CSV: {reason}") from error


class _Inside:
    """Tells whether paths lie in a folder, as they are written or where they lead to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, bool] = {}

    def check(self, path: Path) -> None:
        """Raise ParameterError if it lies outside."""
        parent = as_written(path).parent
        if parent not in self._known:
            self._known[parent] = any(map(self._is_folder, (parent, *parent.parents)))
        if self._known[parent] or path.resolve().is_relative_to(self._folder.resolve()):
            return
        raise ParameterError(f"{printable(path)} is outside the folder {self._folder}")

    def _is_folder(self, path: Path) -> bool:
        try:
            return os.path.samefile(path, self._folder)  # links may lead to the folder itself
        except OSError:
            return False


def _from_cells(header: list[str], cells: list[str], base: Path, inside: _Inside) -> Recording:
    if len(cells) != len(header):
        raise ParameterError(f"must have {len(header)} cells, got {len(cells)}")
    row = dict(zip(header, map(str.strip, cells), strict=True))
    if empty := sorted(name for name in COLUMNS if not row[name]):
        raise ParameterError(f"{empty[0]} is empty")
    path = base / cells[header.index("path")]
    if not os.path.lexists(path):  # spaces around it belong to the line, as a rule
        path = base / row["path"]
    _check_file(path)
    inside.check(path)
    return Recording(path, row["label"], row["speaker"], row.get("text") or None)


def _check_file(path: Path) -> None:
    name = printable(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ParameterError(f"no such file: {name} is a folder, pipe or device")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ParameterError(f"no such file: {name}") from error
    except OSError as error:
        raise ParameterError(f"{name}: {reason_of(error)}") from error
    except ParameterError:
        raise
    except ValueError as error:  # a null byte
        raise ParameterError(f"no such file: {name}") from error
