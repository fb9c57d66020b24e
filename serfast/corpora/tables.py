"""The files that `serfast extract` writes: NPZ, CSV, Parquet, ARFF; a class each, used alike."""

from __future__ import annotations

import csv
import io
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..features.spec import FeatureSpec
from .arff import NUMERIC, STRING, header, line
from .arrow_files import needed_pyarrow
from .messages import joined

__all__ = ["TABLES", "Table", "check_columns", "csv_line"]

Rows = NDArray[np.float32]

OWN_COLUMNS = ("file", "time")
"""The columns of a table that has one line per row, beside the features'."""


ARFF_COLUMNS = ("name", "start", "end", "frameTime", "class")
"""Those of an ARFF table, as openSMILE names them."""


class Table(ABC):
    """Rows of many recordings on their way into a file; a context manager.

    At its end the file is finished, and closed after an error, whatever is missing in it then:
    nothing is written any more, so that a full disk isn't reported twice.
    """

    def __init__(self, path: Path, spec: FeatureSpec) -> None:
        self._file = path.open("wb")
        self._spec = spec

    @abstractmethod
    def add(self, name: str, rows: Rows) -> None:
        """Append a recording's rows, shape (n_rows, n_columns)."""

    @abstractmethod
    def _finish(self) -> None:
        """Write what is still to be written; without it the file is incomplete."""

    def _give_up(self) -> None:
        """Keep whatever writes to the file from doing so again when it is deleted."""
        with suppress(OSError, ValueError):
            self._file.close()

    def close(self) -> None:
        """Finish the file."""
        try:
            self._finish()
            self._file.close()
        except BaseException:
            self._give_up()
            raise

    def __enter__(self) -> Table:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            self._give_up()


class NpzTable(Table):
    """A zip of arrays, for `numpy.load`.

    `files` and `rows_0`, `rows_1` … (shape (n_rows, n_columns), float32) are in the same order;
    `columns` names the columns, row t is at t · `time_step` [s], `spec` is the FeatureSpec as JSON.
    """

    def __init__(self, path: Path, spec: FeatureSpec) -> None:
        super().__init__(path, spec)
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._names: list[str] = []

    def add(self, name: str, rows: Rows) -> None:
        self._write(f"rows_{len(self._names)}", rows)
        self._names.append(name)

    def _finish(self) -> None:
        self._write("files", np.array(self._names))
        self._write("columns", np.array(self._spec.columns))
        self._write("time_step", np.array(self._spec.hop_length / self._spec.sample_rate))
        self._write("spec", np.array(self._spec.to_json()))
        self._zip.close()

    def _give_up(self) -> None:
        super()._give_up()
        with suppress(OSError, ValueError):
            self._zip.close()  # to no avail, but then it doesn't try again

    def _write(self, name: str, array: NDArray[Any]) -> None:
        # ZipInfo's fixed date keeps the file the same, byte for byte, when made again
        with self._zip.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
            np.lib.format.write_array(member, array, allow_pickle=False)


class CsvTable(Table):
    """A line per row: file, time [s], the columns; nine digits, so float32 survives exactly."""

    def __init__(self, path: Path, spec: FeatureSpec) -> None:
        super().__init__(path, spec)
        self._text = io.TextIOWrapper(self._file, encoding="utf-8", newline="")
        self._format = "%.9g" + ",%.9g" * len(spec.columns) + "\n"
        self._text.write(self._heading())

    def _heading(self) -> str:
        return csv_line(self._header()) + "\n"

    def _header(self) -> list[str]:
        return [*OWN_COLUMNS, *self._spec.columns]

    def add(self, name: str, rows: Rows) -> None:
        begin = csv_line([name]) + ","
        for time, row in zip(self._spec.times(len(rows)), rows.tolist(), strict=True):
            self._text.write(begin + self._format % (time, *row))

    def _finish(self) -> None:
        self._text.flush()

    def _give_up(self) -> None:
        with suppress(OSError, ValueError):
            self._text.close()
        super()._give_up()


class ArffTable(CsvTable):
    """A line per row: name, frameTime [s], the columns; nine digits, as in CSV."""

    def _heading(self) -> str:
        numeric = [(name, NUMERIC) for name in ("frameTime", *self._spec.columns)]
        return header("serfast", [("name", STRING), *numeric])

    def add(self, name: str, rows: Rows) -> None:
        for time, row in zip(self._spec.times(len(rows)), rows.tolist(), strict=True):
            self._text.write(line(name, [time, *row], 9))


class ParquetTable(Table):
    """Columns file, time [s] and the features; the FeatureSpec as JSON in the file's metadata."""

    _GROUP = 1 << 16  # rows to gather before they are written: small groups read slowly

    def __init__(self, path: Path, spec: FeatureSpec) -> None:
        self._arrow = needed_pyarrow("writing Parquet")
        super().__init__(path, spec)
        self._schema = self._arrow.schema(self._fields(), metadata=self._metadata())
        # numbers hardly repeat, so dictionaries of them would cost time and space
        texts = [one.name for one in self._schema if self._arrow.types.is_string(one.type)]
        self._writer = self._arrow.parquet.ParquetWriter(
            self._file, self._schema, use_dictionary=texts
        )
        self._waiting: list[Any] = []

    def _fields(self) -> list[tuple[str, Any]]:
        fields = [("file", self._arrow.string()), ("time", self._arrow.float64())]
        return fields + [(name, self._arrow.float32()) for name in self._spec.columns]

    def _metadata(self) -> dict[str, str]:
        return {"serfast.spec": self._spec.to_json()}

    def add(self, name: str, rows: Rows) -> None:
        names = self._arrow.repeat(name, len(rows))
        columns = [names, self._spec.times(len(rows)), *np.ascontiguousarray(rows.T)]
        self._append(self._arrow.table(columns, schema=self._schema))

    def _append(self, table: Any) -> None:
        self._waiting.append(table)
        if sum(map(len, self._waiting)) >= self._GROUP:
            self._flush()

    def _finish(self) -> None:
        self._flush()
        self._writer.close()

    def _give_up(self) -> None:
        self._writer.is_open = False
        super()._give_up()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(self._arrow.concat_tables(self._waiting))
            self._waiting.clear()


TABLES: dict[str, type[Table]] = {
    ".npz": NpzTable,
    ".csv": CsvTable,
    ".parquet": ParquetTable,
    ".arff": ArffTable,
}
"""The kinds of table, by the output file's suffix."""


def check_columns(suffix: str, names: Sequence[str], reserved: Sequence[str] = OWN_COLUMNS) -> None:
    """Check that a table of this kind can hold columns of these names beside its own.

    Raises
    ------
    ParameterError
        If one has the name of one of these.
    """
    if suffix == ".npz":  # its columns have a table of their own
        return
    if suffix == ".arff":
        reserved = ARFF_COLUMNS
    taken = [name for name in names if name in reserved]
    if taken:
        rule = (
            f"names other than {joined(list(reserved), ' and ')}, which a {suffix} table has itself"
        )
        raise ParameterError(f"columns must have {rule}, got {taken[0]!r} (name= gives another)")


def csv_line(cells: list[Any]) -> str:
    """Give the cells as a line of CSV, without its end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)  # cells with one of these are quoted
    return line.getvalue()[:-2]
