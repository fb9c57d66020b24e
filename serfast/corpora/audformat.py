"""Databases in audEERING's format audformat on disk: `db.yaml` and the tables beside it.

The package audformat isn't needed; PyYAML is, for the header. Tables that are pickles aren't read.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import _checks as checks
from .._checks import shown
from ..errors import ParameterError
from ..forking import forks_wait
from .columns import NAMES
from .label_tables import LABELLED_COLUMNS, recordings_of_rows
from .messages import reason_of
from .recordings import Recording
from .table_rows import rows_of

__all__ = ["HEADER", "is_audformat", "read_audformat"]

HEADER = "db.yaml"

_WANTED = {name: NAMES[name] for name in LABELLED_COLUMNS if name not in ("path", "start", "end")}
_WANTED["text"] += ("transcription",)
"""What columns can tell, and the names by which columns or their schemes are known to tell it."""

_INDEX = ("file", "start", "end")
Key = tuple[str, str, str]
"""A row of a table: file, start and end, as they are written; "" where there is no such column."""


def is_audformat(folder: Path) -> bool:
    """Tell whether a folder is such a database."""
    return os.path.isfile(folder / HEADER)  # False too where it may not be looked at


@dataclass(frozen=True)
class _Table:
    """A table of the database: where it lies, its split, and what its columns tell."""

    name: str
    path: Path
    split: str | None
    columns: Mapping[str, str]
    """What is told, and the column that tells it."""


@dataclass(frozen=True)
class _Row:
    """A row of a table: the line that it is in, what it is about, and what it tells."""

    table: _Table
    number: int
    key: Key
    values: dict[str, str]


def read_audformat(folder: Path, columns: Mapping[str, str] | None) -> list[Recording]:
    """Give the recordings that the tables of a database label.

    The labels are in columns that are named label, emotion, emo or class, or have a scheme of this
    name, or in the column that `columns` names; of several tables that have one, those with
    "gold_standard" in their names are taken. Speakers and what else a recording has are looked for
    in the same table, then in the other ones. A table's split is the fold. Rows without a label are
    left out.

    Raises
    ------
    ParameterError
        The header or a table can't be read, no table has labels, or two tables contradict each
        other.
    ImportError
        PyYAML is missing; or pyarrow, for tables of Parquet.

    Warns
    -----
    UserWarning
        Rows without a label are left out.
    """
    tables = _tables(folder, columns or {})
    labelled = [table for table in tables if "label" in table.columns]
    labelled = [one for one in labelled if "gold_standard" in one.name] or labelled
    if not labelled:
        rule = "must have a table with a column label, emotion, emo or class (or columns label=…)"
        have = ", ".join(table.name for table in tables) or "no table"
        raise ParameterError(f"{folder / HEADER}: {rule}, got {have}")
    rows, n_left_out = _labelled_rows(labelled)
    _complete(rows.values(), [table for table in tables if table not in labelled])
    if n_left_out:
        warnings.warn(f"left out, without a label: {n_left_out} rows", stacklevel=6)
    if not rows:
        raise ParameterError(f"{folder / HEADER}: has no row with a label")
    recordings: list[Recording] = []
    for table in labelled:
        recordings += recordings_of_rows(table.path, folder, _cells(rows.values(), table))
    return sorted(recordings, key=lambda one: (one.path.parts, one.start or 0.0))


def _cells(rows: Iterable[_Row], table: _Table) -> Iterator[tuple[int, list[Any]]]:
    """Give the rows of a table with their numbers, as `recordings_of_rows` takes them."""
    for row in rows:
        if row.table is table:
            cells = {"path": row.key[0], "start": row.key[1], "end": row.key[2], **row.values}
            yield row.number, [cells.get(name) for name in LABELLED_COLUMNS]


def _labelled_rows(tables: Sequence[_Table]) -> tuple[dict[Key, _Row], int]:
    """Give what the tables tell of each row, and how many rows have no label."""
    rows: dict[Key, _Row] = {}
    n_left_out = 0
    for table in tables:
        for row in _rows(table):
            key, values = row.key, row.values
            if not values.get("label"):
                n_left_out += 1
                continue
            if table.split and not values.get("fold"):
                values["fold"] = table.split
            if rows.setdefault(key, row).values != values:
                what = f"the tables {rows[key].table.name} and {table.name}"
                raise ParameterError(
                    f"{table.path}: line {row.number}: must tell the same of {key[0]} as others "
                    f"(columns label=TABLE:COLUMN chooses one), but {what} differ"
                )
    return rows, n_left_out


def _complete(rows: Iterable[_Row], others: Sequence[_Table]) -> None:
    """Add what other tables tell of the same rows, or of the files that these are parts of."""
    for table in others:
        missing = set(table.columns) - {"label", "fold"}
        if not missing:
            continue
        there = {row.key: row.values for row in _rows(table)}
        for row in rows:
            more = there.get(row.key) or there.get((row.key[0], "", "")) or {}
            for name in missing:
                if not row.values.get(name) and more.get(name):
                    row.values[name] = more[name]


def _rows(table: _Table) -> Iterator[_Row]:
    """Give the rows of a table."""
    header, rows = rows_of(table.path)
    needed = ["file", *table.columns.values()]
    if missing := [name for name in needed if name not in header]:
        have = ", ".join(header)
        raise ParameterError(f"{table.path}: header must name {missing[0]}, got {have}")
    index = [header.index(name) if name in header else None for name in _INDEX]
    places = {name: header.index(column) for name, column in table.columns.items()}
    for number, cells in rows:
        if len(cells) != len(header):
            rule = f"line {number}: must have {len(header)} cells, got {len(cells)}"
            raise ParameterError(f"{table.path}: {rule}")
        file, start, end = ("" if place is None else _text(cells[place]) for place in index)
        values = {name: _text(cells[place]) for name, place in places.items()}
        yield _Row(table, number, (file, start, end), values)


def _text(value: Any) -> str:
    """Give a cell as text; "" for those that say that there is nothing."""
    text = "" if value is None else str(value).strip()
    return "" if text in ("nan", "NaT", "None", "<NA>") else text


def _tables(folder: Path, columns: Mapping[str, str]) -> list[_Table]:
    """Give the tables that the header describes, with what their columns tell."""
    checks.known_keys("columns", columns, tuple(_WANTED))
    header = _header(folder / HEADER)
    tables = []
    for name, about in _objects(header, "tables", folder).items():
        described = _objects(about, "columns", folder)
        kinds = {column: _scheme(one) for column, one in described.items()}
        pairs = ((what, _column(what, name, kinds, columns)) for what in _WANTED)
        known = {what: column for what, column in pairs if column}
        if known:
            tables.append(_Table(name, _file(folder, name), _split(about, header, folder), known))
    if "label" in columns and not any("label" in table.columns for table in tables):
        raise ParameterError(f"{folder / HEADER}: has no column {shown(columns['label'])}")
    return tables


def _column(
    what: str, table: str, kinds: Mapping[str, str], columns: Mapping[str, str]
) -> str | None:
    """Give the column of a table that tells something, if one does."""
    if what in columns:
        wanted_table, colon, wanted = columns[what].rpartition(":")
        return wanted if wanted in kinds and (not colon or wanted_table == table) else None
    for usual in _WANTED[what]:
        if usual in kinds:
            return usual
        of_scheme = [column for column, scheme in kinds.items() if scheme == usual]
        if len(of_scheme) == 1:  # several are those of several raters
            return of_scheme[0]
    return None


def _scheme(column: Any) -> str:
    return _plain(column.get("scheme_id")) if isinstance(column, dict) else ""


def _plain(value: Any) -> str:
    """Give text or a number of the header as text; a few lines of YAML can be gigabytes of it."""
    return str(value) if isinstance(value, (str, int)) else ""


def _split(table: Any, header: Mapping[str, Any], folder: Path) -> str | None:
    """Give what a table is for: the type of its split, such as train or test."""
    split = _plain(table.get("split_id")) if isinstance(table, dict) else ""
    about = _objects(header, "splits", folder).get(split)
    kind = _plain(about.get("type")) if isinstance(about, dict) else ""
    return kind or split or None


def _file(folder: Path, table: str) -> Path:
    """Give the file of a table; its name leads out of no folder."""
    if not table or set(table) & set("/\\\0"):
        raise ParameterError(
            f"{folder / HEADER}: names of tables must be plain, got {shown(table)}"
        )
    for suffix in (".parquet", ".csv"):
        if (path := folder / f"db.{table}{suffix}").is_file():
            return path
    raise ParameterError(f"no such file: {folder / f'db.{table}.csv'} (or .parquet)")


def _objects(about: Any, name: str, folder: Path) -> dict[str, Any]:
    value = (about.get(name) if isinstance(about, dict) else None) or {}
    if not isinstance(value, dict):
        raise ParameterError(f"{folder / HEADER}: {name} must be a mapping, got {_kind(value)}")
    return {str(key): one for key, one in value.items()}


def _header(file: Path) -> dict[str, Any]:
    try:
        with forks_wait:
            import yaml  # optional: only audformat needs it
    except ImportError as error:
        hint = "reading audformat needs PyYAML: pip install pyyaml"
        raise ImportError(f"{hint} ({error})") from error
    try:
        value = yaml.load(checks.small_file(file), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        raise ParameterError(f"{file}: {reason_of(error)}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ParameterError(f"{file}: can't be read as YAML: {reason}") from error
    if not isinstance(value, dict):
        raise ParameterError(f"{file}: must be a mapping, got {_kind(value)}")
    return value


def _kind(value: Any) -> str:
    return type(value).__name__
