"""`serfast extract --dataset`: many recordings into a partitioned Parquet dataset."""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..corpora.archives import is_archive
from ..corpora.dataset import RECORDINGS_PER_PART, Extracted, Report, write_dataset
from ..corpora.dataset_content import Content, Making, OpenTable, content_of
from ..corpora.dataset_folder import BAD
from ..corpora.finding import find_sources
from ..corpora.known_labels import labelled_by_name
from ..corpora.messages import printable
from ..corpora.path_list import PathList
from ..corpora.searching import Found
from ..corpora.source_list import Source, SourceList
from ..corpora.stored_datasets import is_stored_dataset
from ..corpora.table_rows import TABLE_SUFFIXES
from ..errors import ParameterError, SerfastError
from ..features.spec import FeatureSpec
from ..thread_warnings import collected, taken_by
from ._cluster import add_cluster, client_of
from ._json import print_json
from ._output import one_line
from ._progress import Progress
from ._recordings import STANDARD_INPUT, find
from ._spec import default_statistics, read_statistics
from ._warnings import show_warnings

__all__ = ["add_dataset", "run_dataset"]


def add_dataset(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of datasets."""
    group = parser.add_argument_group("a dataset of any size")
    group.add_argument(
        "--dataset",
        action="store_true",
        help="OUT is a folder of Parquet files, written part by part; the same command goes on "
        "where it was interrupted",
    )
    group.add_argument(
        "--part",
        type=_number,
        metavar="N",
        help=f"with --dataset: recordings of a part (default: {RECORDINGS_PER_PART})",
    )
    group.add_argument(
        "--retry-bad",
        action="store_true",
        help="with --dataset: try recordings again that failed",
    )
    add_cluster(group, "with --dataset: compute")


def run_dataset(arguments: argparse.Namespace, spec: FeatureSpec) -> int:
    """Write the dataset, or what is missing of it; exit status 1 if recordings failed."""
    content = _content(arguments, spec)
    sources, result = _sources(arguments.files, arguments.labels)
    with client_of(arguments) as client, _Bar(arguments.output) as bar, taken_by(bar.warn):
        for problem in result.problems:
            bar.say(problem)
        written = write_dataset(
            sources,
            _WithWarnings(content, bar),
            arguments.output,
            threads=arguments.threads,
            per_part=arguments.part or RECORDINGS_PER_PART,
            retry_bad=arguments.retry_bad,
            force=arguments.force,
            report=bar,
            client=client,
        )
    _tell(arguments, written, result)
    return 1 if written.failed or result.problems else 0


def _sources(files: list[Path], labels: str) -> tuple[SourceList, Found]:
    """Give the recordings: what a table, an archive or a corpus's labels name, or all there are."""
    if STANDARD_INPUT in files:
        raise ParameterError("FILE must be a file or folder with --dataset, got -")
    is_labelled = labels != "auto" or any(map(_names_recordings, files))
    if not is_labelled:
        result = find(files)
        sources = SourceList(labelled_by_name(result.paths))
        return sources, replace(result, paths=PathList())  # one list of a million is enough
    if len(files) > 1:
        rule = "FILE must be one folder, archive or table whose labels are read"
        raise ParameterError(f"{rule} with --dataset, got {len(files)}")
    return find_sources(files[0], labels)


def _names_recordings(file: Path) -> bool:
    is_table = file.suffix.lower() in TABLE_SUFFIXES
    return is_stored_dataset(file) or ((is_table or is_archive(file)) and file.is_file())


def _content(arguments: argparse.Namespace, spec: FeatureSpec) -> Content:
    if arguments.segments is not None or arguments.overlap is not None:
        raise ParameterError("--segments and --overlap must be given without --dataset")
    statistics = None
    if arguments.statistics_file and not arguments.statistics:
        raise ParameterError("--statistics-file must be given with --statistics")
    if arguments.statistics:
        file = arguments.statistics_file
        statistics = read_statistics(file) if file else default_statistics(spec)
    return content_of(spec, statistics, arguments.embedding, arguments.backend)


def _tell(arguments: argparse.Namespace, written: Extracted, result: Found) -> None:
    """Say what the dataset holds, and what failed."""
    n_failed = written.failed + len(result.problems)
    counts = {
        "parts": written.parts,
        "kept": written.kept,
        "recordings": written.recordings,
        "rows": written.rows,
        "columns": written.columns,
    }
    if arguments.json:
        rest = {"passed_over": sum(result.passed_over.values()), "failed": n_failed}
        print_json({"output": str(arguments.output), **counts, **rest})
        return
    kept = f" ({written.kept} kept)" if written.kept else ""
    passed_over = result.rest() and f"{result.rest()}, "
    where = f" ({arguments.output / BAD})" if written.failed else ""
    print(
        f"{arguments.output}: {_parts(written.parts)}{kept}, {written.recordings} recordings, "
        f"{written.rows} rows of {written.columns} columns, {passed_over}{n_failed} failed{where}"
    )


class _Bar(Report):
    """A bar with rate and time left; it tells after an error what is there."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._parts = self._done = 0
        self._begin = time.monotonic()
        self._progress = Progress(1)
        self._lock = threading.Lock()

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        self._progress.__exit__(None, None, None)
        parts = _parts(self._parts)
        goes_on = f"{self._output} holds {parts}, the same command goes on"
        if isinstance(error, KeyboardInterrupt) and not error.args:
            error.args = (goes_on,)
        elif isinstance(error, OSError) and self._done:
            raise SerfastError(f"{one_line(error)}; {goes_on}") from error

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        self.write(f"serfast extract: {text}")

    def write(self, text: str) -> None:
        """Print a line as it is, from any thread."""
        with self._lock:
            self._progress.write(text)

    def warn(self, text: str) -> None:
        """Print a warning above the bar."""
        self.write(f"serfast: warning: {text}")

    def begin(self, n_recordings: int, n_kept: int) -> None:
        """Begin to draw; what was done before doesn't count, so that the time left is right."""
        self._parts = n_kept
        self._begin = time.monotonic()
        self._progress = Progress(n_recordings)
        if n_kept:
            self.say(f"{self._output}: {_parts(n_kept)} kept, {n_recordings} recordings to do")

    def note(self, text: str) -> None:
        """Say it."""
        self.say(f"{self._output}: {printable(text)}")

    def bad(self, source: Source, reason: str) -> None:
        """Say it."""
        self.say(f"{printable(source.path)}: {reason}")

    def done(self, source: Source) -> None:
        """Draw."""
        self._done += 1
        rate = self._done / max(time.monotonic() - self._begin, 1e-3)
        with self._lock:
            self._progress.step(f"{rate:.3g} a second, {os.path.basename(source.path)}")

    def finished(self, part: str) -> None:
        """Count it."""
        self._parts += 1


class _WithWarnings(Content):
    """A content whose recordings' warnings are shown with their names."""

    def __init__(self, content: Content, bar: _Bar) -> None:
        self._content, self._bar = content, bar

    @property
    def making(self) -> Making:
        return self._content.making

    @property
    def ahead(self) -> int:
        return self._content.ahead

    @property
    def made_by(self) -> dict[str, Any]:
        return self._content.made_by

    @property
    def n_columns(self) -> int:
        return self._content.n_columns

    def compute(self, source: Source) -> Any:
        with collected() as messages:
            computed = self._content.compute(source)
        show_warnings(source.path, messages, self._bar.write)
        return computed

    @contextmanager
    def table(self, path: Path) -> Iterator[OpenTable]:
        table: AbstractContextManager[OpenTable] = self._content.table(path)
        with table as opened:
            yield opened


def _parts(number: int) -> str:
    return f"{number} part{'s' * (number != 1)}"


def _number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"must be an int from 1 to 1000000, got {text!r}")
    return int(text)
