"""The files that `serfast extract` writes: NPZ, CSV, Parquet; one class each, all used alike."""

from __future__ import annotations

import csv
import io
import zipfile
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..features.spec import FeatureSpec
from ..forking import forks_wait

__all__ = ["TABLES", "Table", "check_columns"]

Rows = NDArray[np.float32]

OWN_COLUMNS = ("file", "time")
"""The columns of a table that has one line per row, beside the features'."""


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
        self._text.write(_csv_line(["file", "time", *spec.columns]) + "\n")

    def add(self, name: str, rows: Rows) -> None:
        begin = _csv_line([name]) + ","
        for time, row in zip(self._spec.times(len(rows)), rows.tolist(), strict=True):
            self._text.write(begin + self._format % (time, *row))

    def _finish(self) -> None:
        self._text.flush()

    def _give_up(self) -> None:
        with suppress(OSError, ValueError):
            self._text.close()
        super()._give_up()


class ParquetTable(Table):
    """Columns file, time [s] and the features; the FeatureSpec as JSON in the file's metadata."""

    _GROUP = 1 << 16  # rows to gather before they are written: small groups read slowly

    def __init__(self, path: Path, spec: FeatureSpec) -> None:
        try:
            with forks_wait:
                import pyarrow  # optional: only Parquet needs it
                import pyarrow.parquet  # optional: only Parquet needs it
        except ImportError as error:
            hint = 'writing Parquet needs pyarrow: pip install "serfast[cli]"'
            raise ImportError(f"{hint} ({error})") from error
        super().__init__(path, spec)
        self._arrow = pyarrow
        fields = [("file", pyarrow.string()), ("time", pyarrow.float64())]
        fields += [(name, pyarrow.float32()) for name in spec.columns]
        metadata = {"serfast.spec": spec.to_json()}
        self._schema = pyarrow.schema(fields, metadata=metadata)
        self._writer = pyarrow.parquet.ParquetWriter(self._file, self._schema)
        self._waiting: list[Any] = []

    def add(self, name: str, rows: Rows) -> None:
        names = self._arrow.repeat(name, len(rows))
        columns = [names, self._spec.times(len(rows)), *np.ascontiguousarray(rows.T)]
        self._waiting.append(self._arrow.table(columns, schema=self._schema))
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


TABLES: dict[str, type[Table]] = {".npz": NpzTable, ".csv": CsvTable, ".parquet": ParquetTable}
"""The kinds of table, by the output file's suffix."""


def check_columns(suffix: str, spec: FeatureSpec) -> None:
    """Check that a table of this kind can hold the spec's columns beside its own.

    Raises
    ------
    ParameterError
        If a feature's column has the name of one of these.
    """
    if suffix == ".npz":  # its columns have a table of their own
        return
    taken = [name for name in spec.columns if name in OWN_COLUMNS]
    if taken:
        rule = f"names other than {' and '.join(OWN_COLUMNS)}, which a {suffix} table has itself"
        raise ParameterError(f"columns must have {rule}, got {taken[0]!r} (name= gives another)")


def _csv_line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)  # cells with one of these are quoted
    return line.getvalue()[:-2]
