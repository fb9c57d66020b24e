"""The files with one line a recording, its vector: of statistics, of an embedding, or both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..features.spec import FeatureSpec
from .recordings import Recording
from .tables import CsvTable, NpzTable, ParquetTable, csv_line

__all__ = ["OWN_VECTOR_COLUMNS", "VECTOR_TABLES", "Entries", "VectorTable"]

Vector = NDArray[np.floating[Any]]
Known = Mapping[str, Recording]
"""What is known of recordings, by the names that tables have for them."""


@dataclass(frozen=True)
class Entries:
    """The entries of the vectors in a table, and what they were made by."""

    names: tuple[str, ...]
    made_by: Mapping[str, Any]
    """Statistics and embedding by these words, as what JSON can hold."""


OWN_VECTOR_COLUMNS = ("file", "label", "speaker")
"""The columns of a table with one line a recording, beside the vector's."""


class CsvVectors(CsvTable):
    """A line a recording: file, label, speaker, the vector; 17 digits keep float64 exactly.

    Label and speaker are empty where they aren't known.
    """

    def __init__(self, path: Path, spec: FeatureSpec, entries: Entries, known: Known) -> None:
        self._names = entries.names
        self._known = known
        super().__init__(path, spec)

    def _header(self) -> list[str]:
        return [*OWN_VECTOR_COLUMNS, *self._names]

    def add(self, name: str, rows: Vector) -> None:
        about = self._known.get(name)
        cells = [name, *((about.label, about.speaker) if about else ("", ""))]
        numbers = ",".join(f"{x:.17g}" for x in rows.tolist())
        self._text.write(f"{csv_line(cells)},{numbers}\n")


class ParquetVectors(ParquetTable):
    """Columns file, label, speaker and the vector; what it was made by is in the metadata."""

    _GROUP = 256

    def __init__(self, path: Path, spec: FeatureSpec, entries: Entries, known: Known) -> None:
        self._entries = entries
        self._known = known
        super().__init__(path, spec)

    def _fields(self) -> list[tuple[str, Any]]:
        kinds = [(name, self._arrow.string()) for name in OWN_VECTOR_COLUMNS]
        return kinds + [(name, self._arrow.float64()) for name in self._entries.names]

    def _metadata(self) -> dict[str, str]:
        made_by = self._entries.made_by
        texts = {f"serfast.{word}": json.dumps(about) for word, about in made_by.items()}
        return {**super()._metadata(), **texts}

    def add(self, name: str, rows: Vector) -> None:
        about = self._known.get(name)
        cells = [name, about and about.label, about and about.speaker, *rows.tolist()]
        columns = [[cell] for cell in cells]
        self._append(self._arrow.table(columns, schema=self._schema))


class NpzVectors(NpzTable):
    """A zip of arrays: files, label, speaker, columns, vectors (n, d); and as JSON what made them.

    Label and speaker are "" where they aren't known. The vectors are in memory until the end.
    """

    def __init__(self, path: Path, spec: FeatureSpec, entries: Entries, known: Known) -> None:
        self._entries = entries
        self._known = known
        self._vectors: list[Vector] = []
        super().__init__(path, spec)

    def add(self, name: str, rows: Vector) -> None:
        self._names.append(name)
        self._vectors.append(rows)

    def _finish(self) -> None:
        about = [self._known.get(name) for name in self._names]
        self._write("files", np.array(self._names))
        self._write("label", np.array([one.label if one else "" for one in about]))
        self._write("speaker", np.array([one.speaker if one else "" for one in about]))
        self._write("columns", np.array(self._entries.names))
        self._write("vectors", np.stack(self._vectors))
        self._write("spec", np.array(self._spec.to_json()))
        for word, about in self._entries.made_by.items():
            self._write(word, np.array(json.dumps(about)))
        self._zip.close()


VectorTable = CsvVectors | ParquetVectors | NpzVectors

VECTOR_TABLES: dict[str, type[VectorTable]] = {
    ".npz": NpzVectors,
    ".csv": CsvVectors,
    ".parquet": ParquetVectors,
}
"""The kinds of table, by the output file's suffix."""
