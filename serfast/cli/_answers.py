"""The argument -o of `predict`: a table of answers that is written as they come."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import SerfastError
from ._output import check_outputs, one_line, writing
from ._records import CsvRecords, JsonRecords, ParquetRecords, check_parquet

__all__ = ["SUFFIXES", "answers_table", "check_table", "output"]

SUFFIXES = (".csv", ".jsonl", ".parquet")

Add = Callable[[Mapping[str, Any]], None]


def output(text: str) -> Path:
    """Give the path of a table, whose suffix chooses its kind."""
    path = Path(text)
    if path.suffix.lower() not in SUFFIXES:
        raise argparse.ArgumentTypeError(f"must end in {', '.join(SUFFIXES)}, got {text!r}")
    return path


def check_table(path: Path | None, force: bool) -> None:
    """Refuse a table that can't be written, before the work."""
    if path is None:
        return
    if path.suffix.lower() == ".parquet":
        check_parquet()
        check_outputs([path, _journal(path)], force)
    else:
        check_outputs([path], force)


@contextmanager
def answers_table(path: Path | None, classes: Sequence[str], force: bool) -> Iterator[Add]:
    """Give what adds an answer to the table.

    A line is in the file as soon as its answer is known, so that a crash leaves what was done. A
    Parquet file can be read only when it is whole: meanwhile the lines are in a JSON lines file
    beside it, which is removed in the end and stays after a crash.

    If the user or a signal ends the program, the last argument of the exception tells which file
    holds how many recordings. If an answer can't be written, the message of the error does.
    """
    n_done = 0

    def held() -> str:
        is_parquet = path is not None and path.suffix.lower() == ".parquet"
        file = _journal(path) if path is not None and is_parquet else path
        return f"{file} holds the {n_done} recordings done"

    with _table(path, classes, force) as add:

        def count(answer: Mapping[str, Any]) -> None:
            nonlocal n_done
            try:
                add(answer)
            except OSError as error:
                raise SerfastError(f"{one_line(error)}; {held()}") from error
            n_done += 1

        try:
            yield count
        except KeyboardInterrupt as error:
            if path is not None:
                error.args = (*error.args, held())
            raise


@contextmanager
def _table(path: Path | None, classes: Sequence[str], force: bool) -> Iterator[Add]:
    """Give what adds an answer to the table of its kind, or to none."""
    kind = None if path is None else path.suffix.lower()
    if path is None:
        yield lambda answer: None
    elif kind == ".csv":
        _empty(path, force)
        with CsvRecords(path, _columns(classes)) as table:
            yield lambda answer: table.add(_flat(answer))
    elif kind == ".jsonl":
        _empty(path, force)
        with JsonRecords(path, {}) as table:
            yield table.add
    else:
        with _parquet(path, classes, force) as add:
            yield add


@contextmanager
def _parquet(path: Path, classes: Sequence[str], force: bool) -> Iterator[Add]:
    journal = _journal(path)
    _empty(journal, force)
    with (
        JsonRecords(journal, {}) as lines,
        writing(path, force) as temporary,
        ParquetRecords(temporary, _columns(classes)) as table,
    ):

        def add(answer: Mapping[str, Any]) -> None:
            lines.add(answer)
            table.add(_flat(answer))

        yield add
    journal.unlink(missing_ok=True)


def _empty(path: Path, force: bool) -> None:
    """Have an empty file there, which replaces another one of this name only if it may.

    Two programs that do so with `force` have a file each: the last one's keeps the name.
    """
    with writing(path, force):
        pass


def _journal(path: Path) -> Path:
    return path.with_name(f"{path.name}.jsonl")


def _columns(classes: Sequence[str]) -> dict[str, type]:
    """Give the columns; a class's name has a prefix, so that it can't be another column's."""
    probabilities = {f"p_{name}": float for name in classes}
    return {
        "file": str,
        "label": str,
        **probabilities,
        "uncertain": bool,
        "strangeness": float,
        "duration_s": float,
        "warnings": str,
        "error": str,
    }


def _flat(answer: Mapping[str, Any]) -> dict[str, Any]:
    probabilities = answer.get("probabilities", {})
    return {
        **answer,
        **{f"p_{name}": p for name, p in probabilities.items()},
        "warnings": "; ".join(answer.get("warnings", [])),
    }
