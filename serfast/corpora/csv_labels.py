"""Labels in a CSV file: the columns path, label, speaker and, optionally, text."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import ParameterError
from .messages import joined
from .recordings import Recording

__all__ = ["recordings_of_csv"]

COLUMNS = {"path", "label", "speaker"}
"""The columns that a CSV file must have."""


def recordings_of_csv(table: Path, folder: Path) -> list[Recording]:
    """Read the recordings that a CSV file lists, all of them inside `folder`."""
    lines = _lines(table)
    _, header = next(lines)
    if not COLUMNS.issubset(header) or len(set(header)) < len(header):
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
        raise ParameterError(f"{table}: {joined(problems, '; ')}")
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
    if empty := sorted(name for name in COLUMNS if not row[name]):
        raise ParameterError(f"{empty[0]} is empty")
    path = base / row["path"]
    if not path.is_file():
        raise ParameterError(f"no such file: {path}")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ParameterError(f"{path} is outside the folder {folder}")
    return Recording(path, row["label"], row["speaker"], row.get("text") or None)
