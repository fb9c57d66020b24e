"""The files that `serfast extract` writes: NPZ, CSV, Parquet; one class each, all used alike."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..features.spec import FeatureSpec
from ..forking import forks_wait

__all__ = ["TABLES", "Table"]

Rows = NDArray[np.float32]


class Table(Protocol):
    """Rows of many recordings on their way into a file."""

    def __init__(self, path: Path, spec: FeatureSpec) -> None: ...

    def add(self, name: str, rows: Rows) -> None:
        """Append a recording's rows, shape (n_rows, n_columns)."""

    def close(self) -> None:
        """Finish the file; without it the file is incomplete."""


class NpzTable:
    """A zip of arrays, for `numpy.load`.

    `files` and `rows_0`, `rows_1` … (shape (n_rows, n_columns), float32) are in the same order;
    `columns` names the columns, row t is at t · `time_step` [s], `spec` is the FeatureSpec as JSON.
    """

    def __init__(self, path: Path, spec: FeatureSpec) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._spec = spec
        self._names: list[str] = []

    def add(self, name: str, rows: Rows) -> None:
        self._write(f"rows_{len(self._names)}", rows)
        self._names.append(name)

    def close(self) -> None:
        self._write("files", np.array(self._names))
        self._write("columns", np.array(self._spec.columns))
        self._write("time_step", np.array(self._spec.hop_length / self._spec.sample_rate))
        self._write("spec", np.array(self._spec.to_json()))
        self._zip.close()

    def _write(self, name: str, array: NDArray[Any]) -> None:
        # ZipInfo's fixed date keeps the file the same, byte for byte, when made again
        with self._zip.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
            np.lib.format.write_array(member, array, allow_pickle=False)


class CsvTable:
    """A line per row: file, time [s], the columns; nine digits, so float32 survives exactly."""

    def __init__(self, path: Path, spec: FeatureSpec) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._spec = spec
        self._format = "%.9g" + ",%.9g" * len(spec.columns) + "\n"
        self._file.write(_csv_line(["file", "time", *spec.columns]) + "\n")

    def add(self, name: str, rows: Rows) -> None:
        begin = _csv_line([name]) + ","
        for time, row in zip(self._spec.times(len(rows)), rows.tolist(), strict=True):
            self._file.write(begin + self._format % (time, *row))

    def close(self) -> None:
        self._file.close()


class ParquetTable:
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
        self._arrow = pyarrow
        fields = [("file", pyarrow.string()), ("time", pyarrow.float64())]
        fields += [(name, pyarrow.float32()) for name in spec.columns]
        metadata = {"serfast.spec": spec.to_json()}
        self._schema = pyarrow.schema(fields, metadata=metadata)
        self._spec = spec
        self._writer = pyarrow.parquet.ParquetWriter(path, self._schema)
        self._waiting: list[Any] = []

    def add(self, name: str, rows: Rows) -> None:
        names = self._arrow.repeat(name, len(rows))
        columns = [names, self._spec.times(len(rows)), *np.ascontiguousarray(rows.T)]
        self._waiting.append(self._arrow.table(columns, schema=self._schema))
        if sum(map(len, self._waiting)) >= self._GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(self._arrow.concat_tables(self._waiting))
            self._waiting.clear()


TABLES: dict[str, type[Table]] = {".npz": NpzTable, ".csv": CsvTable, ".parquet": ParquetTable}
"""The kinds of table, by the output file's suffix."""


def _csv_line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
