"""Tables with one line a recording: CSV, JSON lines, Parquet; one class each, all used alike."""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from ..corpora.tables import csv_line

__all__ = ["CsvRecords", "JsonRecords", "ParquetRecords", "Records", "check_parquet"]

Columns = Mapping[str, type]
"""Name of each column, and the type of what it holds: str, float or bool."""


class Records(ABC):
    """A table on its way into a file; a context manager.

    Parameters
    ----------
    path : Path
        The file, which what is added is appended to.
    columns : mapping of str to type
        The columns, each of str, float or bool. A record may lack some of them.

    Notes
    -----
    An error of writing names the file.
    """

    def __init__(self, path: Path, columns: Columns) -> None:
        self._path = path
        self._columns = columns

    @abstractmethod
    def add(self, record: Mapping[str, Any]) -> None:
        """Append a recording's line."""

    @abstractmethod
    def close(self) -> None:
        """Finish the file."""

    def __enter__(self) -> Records:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()

    @contextmanager
    def _naming(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, os.fspath(self._path)) from error


class _Lines(Records):
    """A text file, each line of which is with the system as soon as it is added."""

    _newline: str | None = None

    def __init__(self, path: Path, columns: Columns) -> None:
        super().__init__(path, columns)
        with self._naming():
            self._file: IO[str] = path.open("a", encoding="utf-8", newline=self._newline)

    def close(self) -> None:
        with self._naming():
            self._file.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.close()
        except OSError:
            if error is None:  # a full disk isn't reported twice
                raise


class CsvRecords(_Lines):
    """The columns of the record, in a header and a line each; what is missing is empty."""

    _newline = ""

    def __init__(self, path: Path, columns: Columns) -> None:
        super().__init__(path, columns)
        self._write(list(columns))

    def add(self, record: Mapping[str, Any]) -> None:
        self._write([_cell(record.get(name)) for name in self._columns])

    def _write(self, cells: list[Any]) -> None:
        with self._naming():
            self._file.write(csv_line(cells) + "\n")
            self._file.flush()


class JsonRecords(_Lines):
    """The whole record as one line of JSON, whatever the columns are."""

    def add(self, record: Mapping[str, Any]) -> None:
        with self._naming():
            self._file.write(json.dumps(record) + "\n")
            self._file.flush()


class ParquetRecords(Records):
    """The columns of the record; written when it is closed, since such a file ends in its index."""

    def __init__(self, path: Path, columns: Columns) -> None:
        check_parquet()
        super().__init__(path, columns)
        self._records: list[Mapping[str, Any]] = []

    def add(self, record: Mapping[str, Any]) -> None:
        self._records.append({name: record.get(name) for name in self._columns})

    def close(self) -> None:
        import pyarrow  # optional: only Parquet needs it
        import pyarrow.parquet  # optional: only Parquet needs it

        types = {str: pyarrow.string(), float: pyarrow.float64(), bool: pyarrow.bool_()}
        schema = pyarrow.schema([(name, types[kind]) for name, kind in self._columns.items()])
        with self._naming():
            table = pyarrow.Table.from_pylist(self._records, schema=schema)
            pyarrow.parquet.write_table(table, self._path)


def check_parquet() -> None:
    """Raise ImportError unless Parquet can be written; it says what to install."""
    try:
        import pyarrow.parquet as parquet  # optional: only Parquet needs it

        _ = parquet.write_table
    except (ImportError, AttributeError) as error:
        hint = "writing Parquet needs pyarrow: pip install pyarrow"
        raise ImportError(f"{hint} ({error})") from error


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value
