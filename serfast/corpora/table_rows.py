"""The rows of a table of labels: CSV, TSV, JSON, JSON lines or Parquet, each read alike."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import ParameterError
from .arrow_files import needed_pyarrow

__all__ = ["TABLE_SUFFIXES", "Row", "rows_of"]

Row = tuple[int, Sequence[Any]]
"""Where it is in the file, counted from 1, and its cells."""

Rows = tuple[list[str], Iterator[Row]]
"""The names of the columns, and the rows."""

_PARQUET_BATCH = 65536


def rows_of(table: Path) -> Rows:
    """Give a table's columns and its rows that aren't blank.

    Raises
    ------
    ParameterError
        If it can't be read; while the rows are gone through, too.
    """
    reader = _READERS[table.suffix.lower()]
    rows = _guarded(table, reader(table))
    _, header = next(rows)
    return [str(name).strip() for name in header], rows


def _guarded(table: Path, rows: Iterator[Row]) -> Iterator[Row]:
    """Give the rows, and ParameterError with the file's name for what reading them raises."""
    kind = table.suffix[1:].upper()
    try:
        yield from rows
    except (OSError, csv.Error, ValueError, RecursionError, NotImplementedError) as error:
        if isinstance(error, ParameterError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise ParameterError(f"{table}: can't be read as {kind}: {reason}") from error


def _separated(separator: str) -> Callable[[Path], Iterator[Row]]:
    def rows(table: Path) -> Iterator[Row]:
        with table.open(newline="", encoding="utf-8-sig") as file:
            reader, begin = csv.reader(file, strict=True, delimiter=separator), 1
            try:
                yield 1, next(reader, [])
                begin = reader.line_num + 1
                for cells in reader:
                    if cells:
                        yield reader.line_num, cells
                    begin = reader.line_num + 1
            except csv.Error as error:  # a quote without its other one goes on to the end
                raise csv.Error(f"the row that begins in line {begin}: {error}") from error

    return rows


def _json_lines(table: Path) -> Iterator[Row]:
    """Give the objects of a file that has one on each line; its columns are those of the first."""
    names: list[str] = []
    with table.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield from _object(number, _value(number, line), names)
    if not names:
        yield 1, []


def _value(number: int, line: str) -> Any:
    """Give what a line of JSON holds; what is wrong with it is told with the line's number."""
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {number}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise ValueError(f"line {number}: {error}") from error


def _json(table: Path) -> Iterator[Row]:
    """Give the objects of a file that is a list of them, or an object of objects."""
    with table.open(encoding="utf-8-sig") as file:
        content = json.load(file)
    objects = list(content.values()) if isinstance(content, dict) else content
    if not isinstance(objects, list):
        raise ValueError(f"must be a list of objects, got {type(content).__name__}")
    names: list[str] = []
    for number, one in enumerate(objects, 1):
        yield from _object(number, one, names)
    if not names:
        yield 1, []


def _object(number: int, one: Any, names: list[str]) -> Iterator[Row]:
    if not isinstance(one, dict):
        raise ValueError(f"line {number} must be an object, got {type(one).__name__}")
    if not names:
        names += one
        yield number, names
    yield number, [one.get(name) for name in names]


def _parquet(table: Path) -> Iterator[Row]:
    pyarrow = needed_pyarrow("reading Parquet")
    with table.open("rb") as file:
        content = pyarrow.parquet.ParquetFile(file)
        yield 1, content.schema_arrow.names
        number = 1
        for batch in content.iter_batches(_PARQUET_BATCH):
            for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                yield number, cells


_READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    ".csv": _separated(","),
    ".tsv": _separated("\t"),
    ".jsonl": _json_lines,
    ".json": _json,
    ".parquet": _parquet,
}

TABLE_SUFFIXES = frozenset(_READERS)
"""The suffixes of the tables that can be read."""
