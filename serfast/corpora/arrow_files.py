"""Arrow and Parquet files whose cells hold recordings, which are read in place.

Hugging Face's `datasets` keeps audio so: a cell is a struct of the file's bytes and its path.
"""

from __future__ import annotations

import json
import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path, PurePosixPath
from typing import Any

from ..forking import forks_wait
from .messages import printable

__all__ = ["ArrowFile", "is_arrow", "name_of", "needed_pyarrow"]

_SUFFIXES = (".arrow", ".parquet")
_DIGITS = 6
"""A name begins with the number of its row, with so many digits at least."""


def is_arrow(path: Path) -> bool:
    """Tell whether a file is one of Arrow or Parquet, by its name."""
    return path.name.lower().endswith(_SUFFIXES)


def needed_pyarrow(purpose: str) -> Any:
    """Give pyarrow with its modules for Parquet and streams of Arrow.

    Raises
    ------
    ImportError
        If it is missing; the message begins with the purpose, and says what to install.
    """
    try:
        with forks_wait:
            import pyarrow  # optional: only Parquet and Arrow need it
            import pyarrow.compute  # optional: only Arrow needs it
            import pyarrow.ipc  # optional: only Arrow needs it
            import pyarrow.parquet  # optional: only Parquet needs it
    except ImportError as error:
        raise ImportError(f"{purpose} needs pyarrow: pip install pyarrow ({error})") from error
    return pyarrow


class ArrowFile:
    """An open file of either kind.

    A file of Arrow is mapped into memory, so what isn't looked at isn't read. Of a Parquet file one
    group of rows is in memory, with its recordings.

    Parameters
    ----------
    path : str

    Raises
    ------
    OSError, ValueError
        If it can't be read.
    ImportError
        If pyarrow is missing.
    """

    def __init__(self, path: str) -> None:
        self._arrow = needed_pyarrow(f"reading {os.path.basename(path)}")
        self._begins: list[int] = []
        self._group: tuple[int, str, Any] = (-1, "", None)
        self._parquet = self._table = None
        if path.lower().endswith(".parquet"):
            self._parquet = self._arrow.parquet.ParquetFile(path)
            self.schema = self._parquet.schema_arrow
            meta = self._parquet.metadata
            sizes = [meta.row_group(k).num_rows for k in range(meta.num_row_groups)]
            self._begins = [0, *accumulate(sizes)]
            self.n_rows = meta.num_rows
        else:
            self._table = _mapped(self._arrow, path)
            self.schema = self._table.schema
            self.n_rows = self._table.num_rows

    @property
    def features(self) -> dict[str, Any]:
        """Give what `datasets` says of the columns, by their names; nothing if it says nothing."""
        try:
            value = json.loads((self.schema.metadata or {}).get(b"huggingface", b"{}"))
        except (ValueError, RecursionError):
            return {}
        for name in ("info", "features"):
            value = value.get(name) if isinstance(value, dict) else None
        return value if isinstance(value, dict) else {}

    def audio_columns(self) -> list[str]:
        """Give the columns whose cells hold recordings: structs of bytes and path."""
        is_struct = self._arrow.types.is_struct
        structs = [field for field in self.schema if is_struct(field.type)]
        return [one.name for one in structs if _has_bytes(self._arrow, one.type)]

    def cells(self, columns: Sequence[str], audio: str) -> Iterator[tuple[Any, ...]]:
        """Give of each row the cells of some columns, then path and presence of the recording.

        The recordings themselves aren't read, so those in a Parquet file count as present unless
        its statistics say that a whole group of rows has none.
        """
        if self._parquet is not None:
            has_path = self.schema.field(audio).type.get_field_index("path") >= 0
            wanted = [*columns, f"{audio}.path"] if has_path else list(columns)
            table = self._parquet.read(columns=wanted)
        else:
            assert self._table is not None
            table = self._table
        lists = [table.column(name).to_pylist() for name in columns]
        paths = self._field(table, audio, "path")
        if self._parquet is not None:
            there = self._there(audio)
        else:
            there = [not null for null in self._field(table, audio, "bytes", nulls=True)]
        yield from zip(*lists, paths, there, strict=True)

    def _there(self, audio: str) -> list[bool]:
        """Tell of each row of a Parquet file whether its group has any recording."""
        assert self._parquet is not None
        there: list[bool] = []
        for k, begin in enumerate(self._begins[:-1]):
            group = self._parquet.metadata.row_group(k)
            columns = [group.column(i) for i in range(group.num_columns)]
            [content] = [one for one in columns if one.path_in_schema == f"{audio}.bytes"]
            facts, size = content.statistics, self._begins[k + 1] - begin
            has_none = facts is not None and facts.has_null_count and facts.null_count == size
            there += [not has_none] * size
        return there

    def _field(self, table: Any, audio: str, name: str, nulls: bool = False) -> list[Any]:
        """Give the values of a field of the audio column, or whether each is null."""
        column = table.column(audio) if audio in table.column_names else None
        if column is None or column.type.get_field_index(name) < 0:
            return [None] * self.n_rows
        values = [
            # a struct that is null has fields that are null, which `field` wouldn't tell
            self._arrow.compute.struct_field(chunk, name)
            for chunk in column.chunks
        ]
        lists = [(one.is_null() if nulls else one).to_pylist() for one in values]
        return [value for values in lists for value in values]

    def read(self, name: str) -> bytes:
        """Give the recording of a name, as :func:`name_of` makes it.

        Raises
        ------
        KeyError
            If there is no such row or column.
        ValueError
            If the cell is empty.
        """
        column, _, last = name.rpartition("/")
        number = last.partition("-")[0].partition(".")[0]
        if not number.isdecimal() or int(number) >= self.n_rows or column not in self.schema.names:
            raise KeyError(name)
        cell = self._cell(column, int(number)).as_py()
        content = cell.get("bytes") if isinstance(cell, dict) else cell
        if not isinstance(content, bytes):
            raise ValueError("has no bytes in it")
        return content

    def _cell(self, column: str, row: int) -> Any:
        if self._table is not None:
            return self._table.column(column)[row]
        group = bisect_right(self._begins, row) - 1
        if self._group[:2] != (group, column):
            assert self._parquet is not None
            self._group = group, column, self._parquet.read_row_group(group, [column])
        return self._group[2].column(column)[row - self._begins[group]]


def name_of(audio: str, row: int, path: str | None) -> str:
    """Give the name of a recording in such a file: column, row, and the name of its own file.

    Examples
    --------
    >>> name_of("audio", 17, "corpus/03a01Fa.wav"), name_of("audio", 3, None)
    ('audio/000017-03a01Fa.wav', 'audio/000003')
    """
    last = PurePosixPath((path or "").replace("\\", "/")).name
    tail = f"-{printable(last)}" if last else ""
    return f"{audio}/{row:0{_DIGITS}d}{tail}"


def _mapped(arrow: Any, path: str) -> Any:
    """Give a file of Arrow as a table that lies in the mapped file: of the kind stream or file.

    It may be a stranger's: that its offsets lead to what is there is checked, which doesn't look at
    the recordings themselves.
    """
    source = arrow.memory_map(path)
    is_file = source.read(6) == b"ARROW1"
    source.seek(0)
    table = (arrow.ipc.open_file if is_file else arrow.ipc.open_stream)(source).read_all()
    table.validate(full=True)
    return table


def _has_bytes(arrow: Any, struct: Any) -> bool:
    place = struct.get_field_index("bytes")
    if place < 0:
        return False
    kind = struct.field(place).type
    return bool(arrow.types.is_binary(kind) or arrow.types.is_large_binary(kind))
