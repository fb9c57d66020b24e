"""What a dataset holds of a recording: a row a frame, or one vector."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np

from .. import presets
from ..errors import ParameterError
from ..extractor import Extractor
from ..features.spec import FeatureSpec
from ..models.embedding import Embedding
from ..models.input_maker import InputMaker
from ..statistics.statistics import Statistics
from .recordings import Recording
from .samples import loaded, samples_of
from .source_list import Source
from .tables import ParquetTable, check_columns
from .vector_tables import OWN_VECTOR_COLUMNS, Entries, ParquetVectors
from .vector_tables import Part as Piece

__all__ = ["Content", "Making", "OpenTable", "RowContent", "VectorContent", "content_of"]

OWN_ROW_COLUMNS = ("file", "time", "label", "speaker")
"""The columns of a dataset with a row a frame, beside the features'."""

_VECTORS_AHEAD = 256

_CELLS = 1 << 22  # numbers to gather before they are written: 16 MB


class OpenTable(Protocol):
    """A table that takes what was computed of one recording after another."""

    def add(self, source: Source, computed: Any) -> int:
        """Append it, and give the number of rows."""
        ...


@dataclass(frozen=True)
class Making:
    """The arguments of :func:`content_of`, by which another process makes the same content."""

    spec: FeatureSpec
    statistics: Statistics | None
    embedding: str | None
    backend: str | None

    def content(self) -> Content:
        """Make it."""
        return content_of(self.spec, self.statistics, self.embedding, self.backend)


class Content(Protocol):
    """What is computed of a recording, and the table that takes it."""

    @property
    def making(self) -> Making:
        """Give what another process can make it of."""
        ...

    @property
    def ahead(self) -> int:
        """Give how many results may wait while others are written: many only of small ones."""
        ...

    @property
    def made_by(self) -> dict[str, Any]:
        """Give what tells it from any other content, as what JSON can hold."""
        ...

    @property
    def n_columns(self) -> int:
        """Give the number of columns beside the table's."""
        ...

    def compute(self, source: Source) -> Any:
        """Compute what the table takes; threads call it at the same time."""
        ...

    @contextmanager
    def table(self, path: Path) -> Iterator[OpenTable]:
        """Give a table that is written to `path`."""
        ...


def content_of(
    spec: FeatureSpec,
    statistics: Statistics | None,
    embedding: str | None,
    backend: str | None = None,
) -> RowContent | VectorContent:
    """Give rows if there are neither statistics nor an embedding, and else vectors."""
    if statistics is None and embedding is None:
        return RowContent(Extractor(spec, backend))
    return VectorContent(spec, statistics, embedding, backend)


class RowContent:
    """A row a frame, with the columns file, time [s], label, speaker and the features."""

    def __init__(self, extractor: Extractor) -> None:
        check_columns(".parquet", extractor.columns, OWN_ROW_COLUMNS)
        self._extractor = extractor
        self.n_columns, self.ahead = len(extractor.columns), 0
        spec = extractor.spec.to_dict()
        self.making = Making(extractor.spec, None, None, extractor.backend)
        self.made_by = {"kind": "rows", "spec": spec, "backend": extractor.backend}

    def compute(self, source: Source) -> Any:
        """Compute the rows."""
        return self._extractor(_samples(source, self._extractor.spec))

    @contextmanager
    def table(self, path: Path) -> Iterator[OpenTable]:
        """Give a table that is written to `path`."""
        with _RowTable(path, self._extractor.spec) as table:
            yield cast(OpenTable, table)


class VectorContent:
    """A vector a recording, with the columns file, start, end [s], label, speaker, its entries."""

    def __init__(
        self,
        spec: FeatureSpec,
        statistics: Statistics | None,
        embedding: str | None,
        backend: str | None,
    ) -> None:
        reference = None
        if embedding is not None:
            opened = Embedding(embedding)
            reference = opened.reference
            spec = spec if statistics else presets.levels(opened.sample_rate)
        self._inputs = InputMaker(spec, statistics, "vector", backend, reference)
        parts = {"statistics": statistics, "embedding": reference}
        made_by = {word: part.to_dict() for word, part in parts.items() if part is not None}
        self._entries = Entries(self._inputs.names, made_by)
        check_columns(".parquet", self._entries.names, OWN_VECTOR_COLUMNS)
        self.n_columns, self.ahead = len(self._entries.names), _VECTORS_AHEAD
        self.making = Making(spec, statistics, embedding, self._inputs.backend)
        about = {"kind": "vectors", "spec": spec.to_dict(), "backend": self._inputs.backend}
        self.made_by = {**about, **made_by}

    def compute(self, source: Source) -> Any:
        """Compute the vector, with the time of its begin and end."""
        spec = self._inputs.spec
        samples = _samples(source, spec)
        begin = round(_start(source) * spec.sample_rate)
        end = (begin + len(samples)) / spec.sample_rate
        return Piece(begin / spec.sample_rate, end, self._inputs(samples))

    @contextmanager
    def table(self, path: Path) -> Iterator[OpenTable]:
        """Give a table that is written to `path`."""
        known: dict[str, Recording] = {}
        with ParquetVectors(path, self._inputs.spec, self._entries, known) as table:
            yield _Vectors(cast(ParquetVectors, table), known)


class _RowTable(ParquetTable):
    """Rows with the label and speaker of their recording."""

    def __init__(self, path: Path, spec: FeatureSpec) -> None:
        self._GROUP = min(ParquetTable._GROUP, max(256, _CELLS // len(spec.columns)))
        self._gathered: list[tuple[Source, Any]] = []
        self._n_gathered = 0
        super().__init__(path, spec)

    def _fields(self) -> list[tuple[str, Any]]:
        (file, time, *features) = super()._fields()
        text = self._arrow.string()
        return [file, time, ("label", text), ("speaker", text), *features]

    def add(self, source: Source, rows: Any) -> int:  # type: ignore[override]
        self._gathered.append((source, rows))
        self._n_gathered += len(rows)
        if self._n_gathered >= self._GROUP:
            self._flush()
        return len(rows)

    def _flush(self) -> None:
        # one table of all: a table a recording would take longer to make than its rows
        if self._gathered:
            rows = np.concatenate([rows for _, rows in self._gathered])
            names, labels, speakers = (
                self._repeated([(source.name, *source.about)[k] for source, _ in self._gathered])
                for k in range(3)
            )
            times = np.concatenate([self._times(*one) for one in self._gathered])
            columns = [names, times, labels, speakers, *np.ascontiguousarray(rows.T)]
            self._writer.write_table(self._arrow.table(columns, schema=self._schema))
            self._gathered.clear()
            self._n_gathered = 0

    def _repeated(self, texts: list[str | None]) -> Any:
        """Give a column that has each recording's text in all of its rows."""
        kind = self._arrow.string()
        pairs = zip(texts, self._gathered, strict=True)
        return self._arrow.concat_arrays(
            [
                self._arrow.repeat(self._arrow.scalar(text, kind), len(rows))
                for text, (_, rows) in pairs
            ]
        )

    def _times(self, source: Source, rows: Any) -> Any:
        begin = round(_start(source) * self._spec.sample_rate) / self._spec.sample_rate
        return begin + np.array(self._spec.times(len(rows)))


class _Vectors:
    """The table of vectors, which asks a mapping for label and speaker of a name."""

    def __init__(self, table: ParquetVectors, known: dict[str, Recording]) -> None:
        self._table, self._known = table, known

    def add(self, source: Source, computed: Any) -> int:
        # parts of one file have its name and perhaps other labels: only this one is known now
        self._known.clear()
        if source.recording:
            self._known[source.name] = source.recording
        self._table.add(source.name, [computed])
        return 1


def _start(source: Source) -> float:
    return (source.recording.start or 0.0) if source.recording else 0.0


def _samples(source: Source, spec: FeatureSpec) -> Any:
    if int(spec.sample_rate) != spec.sample_rate:
        raise ParameterError(f"sample_rate must be a whole number, got {spec.sample_rate}")
    if source.recording:
        return samples_of(source.recording, spec.sample_rate)
    return loaded(source.path, int(spec.sample_rate))[0]
