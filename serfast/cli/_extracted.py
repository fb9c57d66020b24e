"""What `serfast extract` writes of a recording: its rows, or with --statistics one vector."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from .. import presets
from ..audio.reading import load
from ..corpora.finding import known_of
from ..corpora.tables import TABLES, Table, check_columns
from ..corpora.vector_tables import OWN_VECTOR_COLUMNS, VECTOR_TABLES
from ..errors import ParameterError
from ..extractor import Extractor
from ..models.inputs import inputs_of
from ..statistics.statistics import Statistics
from ._recordings import source
from ._spec import read_statistics

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
            raise ParameterError("--statistics-file and --labels must be given with --statistics")
        self._extractor = extractor
        self._suffix = arguments.output.suffix.lower()
        check_columns(self._suffix, extractor.columns)

    def table(self, path: Path, texts: Mapping[Path, str]) -> Table:
        """Open the table at `path`, for recordings whose names in it are `texts`."""
        return TABLES[self._suffix](path, self._extractor.spec)

    def compute(self, path: Path) -> Any:
        """Compute what the table has of a recording."""
        return self._extractor(_samples(self._extractor, path))

    def counts(self, n_recordings: int, n_rows: int) -> dict[str, int]:
        """Count what was written."""
        n_columns = len(self._extractor.columns)
        return {"recordings": n_recordings, "rows": n_rows, "columns": n_columns}


class Vectors:
    """A row a recording, with its label and speaker where they are known.

    Raises
    ------
    ParameterError
        If the statistics or labels break a rule, or the table can't hold the columns.
    """

    def __init__(self, arguments: argparse.Namespace, extractor: Extractor) -> None:
        self._labels = arguments.labels
        self._extractor = extractor
        self._statistics = _statistics(arguments, extractor)
        self._suffix = arguments.output.suffix.lower()
        self._names = self._statistics.names(extractor.columns)
        check_columns(self._suffix, self._names, OWN_VECTOR_COLUMNS)
        self._vector = self._statistics.over(extractor.columns, backend=extractor.backend)

    def table(self, path: Path, texts: Mapping[Path, str]) -> Table:
        """Open the table at `path`, for recordings whose names in it are `texts`."""
        recordings = known_of(texts, self._labels)
        known = {texts[path]: recording for path, recording in recordings.items()}
        kind = VECTOR_TABLES[self._suffix]
        return kind(path, self._extractor.spec, self._statistics, known)

    def compute(self, path: Path) -> Any:
        """Compute what the table has of a recording."""
        samples = _samples(self._extractor, path)
        return inputs_of(samples, "vector", self._extractor, self._vector)

    def counts(self, n_recordings: int, n_rows: int) -> dict[str, int]:
        """Count what was written; each vector is a row."""
        return {"recordings": n_recordings, "rows": n_recordings, "columns": len(self._names)}


def _samples(extractor: Extractor, path: Path) -> Any:
    # a spec's rate may be a fraction; `load` refuses that, as soxr does
    return load(source(path), cast(int, extractor.spec.sample_rate))[0]


def _statistics(arguments: argparse.Namespace, extractor: Extractor) -> Statistics:
    if arguments.statistics_file:
        return read_statistics(arguments.statistics_file)
    if extractor.spec == presets.speech():
        return presets.speech_statistics()
    return Statistics()
