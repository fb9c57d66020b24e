"""What `serfast extract` writes of a recording: its rows, one vector, or one of each segment."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from .. import presets
from ..audio.reading import load
from ..corpora.known_labels import known_of
from ..corpora.tables import TABLES, Table, check_columns
from ..corpora.vector_tables import OWN_VECTOR_COLUMNS, VECTOR_TABLES, Entries, Part
from ..errors import ParameterError
from ..extractor import Extractor
from ..features.spec import FeatureSpec
from ..models.embedding import Embedding
from ..models.embedding_reference import EmbeddingReference
from ..models.input_maker import InputMaker
from ..statistics.statistics import Statistics
from ._recordings import source
from ._segments import Segments
from ._spec import default_statistics, read_statistics

__all__ = ["Rows", "Vectors"]


class Rows:
    """A row a frame.

    Raises
    ------
    ParameterError
        If the table can't hold the features' columns, or an argument is for vectors alone.
    """

    def __init__(self, arguments: argparse.Namespace, extractor: Extractor) -> None:
        if arguments.statistics_file or arguments.labels != "auto":
            raise ParameterError(
                "--statistics-file and --labels must be given with --statistics or --embedding"
            )
        if arguments.segments is not None or arguments.overlap is not None:
            raise ParameterError("--segments and --overlap must be given with --statistics")
        self._extractor = extractor
        self._suffix = arguments.output.suffix.lower()
        check_columns(self._suffix, extractor.columns)

    def table(self, path: Path, texts: Mapping[Path, str]) -> Table:
        """Open the table at `path`, for recordings whose names in it are `texts`."""
        return TABLES[self._suffix](path, self._extractor.spec)

    def compute(self, path: Path) -> Any:
        """Compute what the table has of a recording."""
        return self._extractor(_samples(self._extractor.spec, path))

    def counts(self, n_recordings: int, n_rows: int) -> dict[str, int]:
        """Count what was written."""
        n_columns = len(self._extractor.columns)
        return {"recordings": n_recordings, "rows": n_rows, "columns": n_columns}


class Vectors:
    """A row a recording or segment, with its label and speaker where they are known.

    Raises
    ------
    ParameterError
        If the statistics or labels break a rule, or the table can't hold the columns.
    UnknownPluginError, ModelError
        If the embedding isn't installed, can't be opened, or takes another sample rate.
    """

    def __init__(self, arguments: argparse.Namespace, extractor: Extractor) -> None:
        self._labels = arguments.labels
        self._suffix = arguments.output.suffix.lower()
        if arguments.statistics_file and not arguments.statistics:
            raise ParameterError("--statistics-file must be given with --statistics")
        if not arguments.statistics and (arguments.preset or arguments.spec):
            raise ParameterError("--preset and --spec must be given without --embedding alone")
        statistics = _statistics(arguments, extractor) if arguments.statistics else None
        spec, reference = extractor.spec, None
        if arguments.embedding:
            embedding = Embedding(arguments.embedding)
            reference = embedding.reference
            spec = spec if statistics else presets.levels(embedding.sample_rate)
        self._inputs = InputMaker(spec, statistics, "vector", extractor.backend, reference)
        self._segments = _segments(arguments, extractor, statistics)
        made_by = _made_by(statistics, reference)
        self._entries = Entries(self._inputs.names, made_by, self._segments is not None)
        check_columns(self._suffix, self._entries.names, OWN_VECTOR_COLUMNS)

    def table(self, path: Path, texts: Mapping[Path, str]) -> Table:
        """Open the table at `path`, for recordings whose names in it are `texts`."""
        recordings = known_of(texts, self._labels)
        known = {texts[path]: recording for path, recording in recordings.items()}
        return VECTOR_TABLES[self._suffix](path, self._inputs.spec, self._entries, known)

    def compute(self, path: Path) -> list[Part]:
        """Compute what the table has of a recording."""
        samples = _samples(self._inputs.spec, path)
        duration = len(samples) / self._inputs.spec.sample_rate
        if self._segments:
            return self._segments(samples, duration)
        return [Part(0.0, duration, self._inputs(samples))]

    def counts(self, n_recordings: int, n_rows: int) -> dict[str, int]:
        """Count what was written; each vector is a row."""
        n_columns = len(self._entries.names)
        return {"recordings": n_recordings, "rows": n_rows, "columns": n_columns}


def _samples(spec: FeatureSpec, path: Path) -> Any:
    # a spec's rate may be a fraction; `load` refuses that, as soxr does
    return load(source(path), cast(int, spec.sample_rate))[0]


def _statistics(arguments: argparse.Namespace, extractor: Extractor) -> Statistics:
    if arguments.statistics_file:
        return read_statistics(arguments.statistics_file)
    return default_statistics(extractor.spec)


def _segments(
    arguments: argparse.Namespace, extractor: Extractor, statistics: Statistics | None
) -> Segments | None:
    """Give what computes segments, if any are wanted."""
    if arguments.segments is None:
        if arguments.overlap is not None:
            raise ParameterError("--overlap must be given with --segments")
        return None
    if statistics is None or arguments.embedding:
        raise ParameterError("--segments must be given with --statistics, without --embedding")
    return Segments(statistics, extractor, arguments.segments, arguments.overlap or 0.0)


def _made_by(statistics: Statistics | None, embedding: EmbeddingReference | None) -> dict[str, Any]:
    """Give what the vectors are made by, as what JSON can hold."""
    parts = {"statistics": statistics, "embedding": embedding}
    return {word: part.to_dict() for word, part in parts.items() if part is not None}
