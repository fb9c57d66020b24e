"""The files with one line a recording or segment: a vector of statistics, an embedding, or both."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..features.spec import FeatureSpec
from .arff import NUMERIC, STRING, header, line, nominal
from .recordings import Recording
from .tables import CsvTable, NpzTable, ParquetTable, csv_line

__all__ = ["OWN_VECTOR_COLUMNS", "VECTOR_TABLES", "Entries", "Part", "VectorTable"]

Vector = NDArray[np.floating[Any]]
Known = Mapping[str, Recording]
"""What is known of recordings, by the names that tables have for them."""


@dataclass(frozen=True)
class Entries:
    """The entries of the vectors in a table, and what they were made by."""

    names: tuple[str, ...]
    made_by: Mapping[str, Any]
    """Statistics and embedding by these words, as what JSON can hold."""
    are_segments: bool = False
    """Whether a recording may have several vectors, of a part of it each."""


class Part(NamedTuple):
    """A part of a recording, or all of it, and its vector."""

    start: float
    """It is in seconds, as the end is."""
    end: float
    vector: Vector


OWN_VECTOR_COLUMNS = ("file", "start", "end", "label", "speaker")
"""The columns of a table with one line a recording or segment, beside the vector's."""


class CsvVectors(CsvTable):
    """A line a recording or segment: file, start, end, label, speaker, the vector.

    17 digits keep float64 exactly. Label and speaker are empty where they aren't known.
    """

    def __init__(self, path: Path, spec: FeatureSpec, entries: Entries, known: Known) -> None:
        self._names = entries.names
        self._known = known
        super().__init__(path, spec)

    def _header(self) -> list[str]:
        return [*OWN_VECTOR_COLUMNS, *self._names]

    def add(self, name: str, parts: Sequence[Part]) -> None:  # type: ignore[override]
        about = self._known.get(name)
        for start, end, vector in parts:
            times = [f"{start:.9g}", f"{end:.9g}"]
            cells = [name, *times, *((about.label, about.speaker) if about else ("", ""))]
            numbers = ",".join(f"{x:.17g}" for x in vector.tolist())
            self._text.write(f"{csv_line(cells)},{numbers}\n")


class ArffVectors(CsvVectors):
    """A line a recording or segment: name, start and end of segments, the vector, the class."""

    def __init__(self, path: Path, spec: FeatureSpec, entries: Entries, known: Known) -> None:
        self._are_segments = entries.are_segments
        super().__init__(path, spec, entries, known)

    def _heading(self) -> str:
        times = ("start", "end") if self._are_segments else ()
        numeric = [(name, NUMERIC) for name in (*times, *self._names)]
        labels = sorted({one.label for one in self._known.values()}) or ["unknown"]
        return header("serfast", [("name", STRING), *numeric, ("class", nominal(labels))])

    def add(self, name: str, parts: Sequence[Part]) -> None:  # type: ignore[override]
        about = self._known.get(name)
        for start, end, vector in parts:
            times = [start, end] if self._are_segments else []
            label = about.label if about else ""
            self._text.write(line(name, [*times, *vector.tolist()], 17, label))


class ParquetVectors(ParquetTable):
    """Columns file, start, end, label, speaker, the vector; the metadata says what made it."""

    _GROUP = 256

    def __init__(self, path: Path, spec: FeatureSpec, entries: Entries, known: Known) -> None:
        self._entries = entries
        self._known = known
        self._lines: list[tuple[str, float, float, str | None, str | None]] = []
        self._vectors: list[NDArray[np.float64]] = []
        super().__init__(path, spec)

    def _fields(self) -> list[tuple[str, Any]]:
        times = ("start", "end")
        kinds = [
            (name, self._arrow.float64() if name in times else self._arrow.string())
            for name in OWN_VECTOR_COLUMNS
        ]
        return kinds + [(name, self._arrow.float64()) for name in self._entries.names]

    def _metadata(self) -> dict[str, str]:
        made_by = self._entries.made_by
        texts = {f"serfast.{word}": json.dumps(about) for word, about in made_by.items()}
        return {**super()._metadata(), **texts}

    def add(self, name: str, parts: Sequence[Part]) -> None:  # type: ignore[override]
        about = self._known.get(name)
        label, speaker = (about.label, about.speaker) if about else (None, None)
        for part in parts:
            self._lines.append((name, part.start, part.end, label, speaker))
            self._vectors.append(np.asarray(part.vector, np.float64))
            if len(self._lines) >= self._GROUP:
                self._flush()

    def _flush(self) -> None:
        # one table of all: a table of thousands of columns takes long to make, whatever is in it
        if self._lines:
            texts = [list(column) for column in zip(*self._lines, strict=True)]
            numbers = np.ascontiguousarray(np.stack(self._vectors).T)
            self._writer.write_table(self._arrow.table([*texts, *numbers], schema=self._schema))
            self._lines.clear()
            self._vectors.clear()


class NpzVectors(NpzTable):
    """A zip of arrays: files, start, end, label, speaker, columns, vectors (n, d), what made them.

    Label and speaker are "" where they aren't known. The vectors are in memory until the end.
    """

    def __init__(self, path: Path, spec: FeatureSpec, entries: Entries, known: Known) -> None:
        self._entries = entries
        self._known = known
        self._parts: list[Part] = []
        super().__init__(path, spec)

    def add(self, name: str, parts: Sequence[Part]) -> None:  # type: ignore[override]
        self._names += [name] * len(parts)
        self._parts += parts

    def _finish(self) -> None:
        about = [self._known.get(name) for name in self._names]
        self._write("files", np.array(self._names))
        self._write("start", np.array([part.start for part in self._parts]))
        self._write("end", np.array([part.end for part in self._parts]))
        self._write("label", np.array([one.label if one else "" for one in about]))
        self._write("speaker", np.array([one.speaker if one else "" for one in about]))
        self._write("columns", np.array(self._entries.names))
        self._write("vectors", np.stack([part.vector for part in self._parts]))
        self._write("spec", np.array(self._spec.to_json()))
        for word, about in self._entries.made_by.items():
            self._write(word, np.array(json.dumps(about)))
        self._zip.close()


VectorTable = CsvVectors | ParquetVectors | NpzVectors | ArffVectors

VECTOR_TABLES: dict[str, type[VectorTable]] = {
    ".npz": NpzVectors,
    ".csv": CsvVectors,
    ".parquet": ParquetVectors,
    ".arff": ArffVectors,
}
"""The kinds of table, by the output file's suffix."""
