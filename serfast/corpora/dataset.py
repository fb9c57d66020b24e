"""A partitioned Parquet dataset of any number of recordings, which goes on after an interruption.

The folder holds `part-000000.parquet` and so on, and beside them, with names that readers of
datasets pass over, `_dataset.json` (what made it), `_parts/` (what each part was made of) and
`_bad.csv` (recordings that couldn't be read). A part appears whole or not at all.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from .. import _checks as checks
from .._checks import fail
from .._version import __version__
from ..cluster import check_client
from ..features.spec import FeatureSpec
from ..files import replacing
from ..statistics.statistics import Statistics
from ..urls import as_path
from .arrow_files import needed_pyarrow
from .dataset_cluster import write_parts_on
from .dataset_content import Content, content_of
from .dataset_folder import alone, begin, check_folder, count
from .dataset_parts import Part, Parts, Plan
from .dataset_writing import Computed, compute, fill
from .in_order import in_order
from .messages import printable
from .recordings import Recording
from .source_list import KeyIndex, Source, SourceList

__all__ = ["RECORDINGS_PER_PART", "Extracted", "Report", "extract", "write_dataset"]

RECORDINGS_PER_PART = 256

FORMAT = 1


@dataclass(frozen=True)
class Extracted:
    """What a dataset holds, and what was done for it.

    Parameters
    ----------
    folder : Path
    parts, kept : int
        So many parts there are, and so many of them were there before.
    recordings, rows, columns, failed : int
        Recordings without those that failed; rows; columns of features; recordings that failed.
    """

    folder: Path
    parts: int
    kept: int
    recordings: int
    rows: int
    columns: int
    failed: int


class Report(Protocol):
    """It is told what happens."""

    def begin(self, n_recordings: int, n_kept: int) -> None:
        """So many recordings are to be computed, and so many parts are kept."""
        ...

    def note(self, text: str) -> None:
        """A finished part is made anew, and why."""
        ...

    def bad(self, source: Source, reason: str) -> None:
        """A recording couldn't be read."""
        ...

    def done(self, source: Source) -> None:
        """A recording was done, whether it could be read or not."""
        ...

    def finished(self, part: str) -> None:
        """A part is in the folder."""
        ...


def extract(
    recordings: Iterable[Recording | str | os.PathLike[str]],
    spec: FeatureSpec,
    folder: str | os.PathLike[str],
    *,
    statistics: Statistics | None = None,
    embedding: str | None = None,
    backend: str | None = None,
    threads: int = 1,
    recordings_per_part: int = RECORDINGS_PER_PART,
    retry_bad: bool = False,
    force: bool = False,
    progress: Callable[[os.PathLike[str]], object] | None = None,
    client: Any = None,
) -> Extracted:
    """Write the features of recordings as a partitioned Parquet dataset, or go on with one.

    Called again after an error, an interrupt or a power cut, it computes only what is missing.
    The bytes of the parts don't depend on the number of threads or workers, nor on interruptions.

    Parameters
    ----------
    recordings : iterable of Recording or path
        A :class:`Recording` adds label and speaker, and may be a part of a file. A path may be a
        URL that fsspec knows (``s3://bucket/03.wav``).
    spec : FeatureSpec
    folder : path
        It is made if it doesn't exist. One that holds anything but a dataset is refused. It may be
        a URL, too; two programs must not write the same one at a time.
    statistics : Statistics, optional
        One row a recording, with these statistics, in place of one a frame.
    embedding : str, optional
        One row a recording, with the vector of this installed embedding, behind the statistics.
    backend : str, optional
        See :class:`serfast.Extractor`.
    threads : int
        So many recordings are worked on at a time.
    recordings_per_part : int
        A part has at most so many recordings; an interruption costs at most one part.
    retry_bad : bool
        Parts with recordings that failed are computed again. Otherwise that happens only when such
        a file has changed.
    force : bool
        Remove the parts of a dataset that was made otherwise, and begin anew.
    progress : callable, optional
        It is called with each recording's path when that one is done.
    client : distributed.Client, optional
        The workers of this Dask cluster make the parts, in the place of threads. They see the same
        files and `folder` under the same paths, and have the same serfast and pyarrow.

    Returns
    -------
    Extracted

    Raises
    ------
    ParameterError
        An argument breaks its rule, two recordings are the same, or the dataset in `folder` was
        made with something else: the message says with what.
    OSError
        A part can't be written. Those before it stay.
    SerfastError
        Another program writes this dataset; or the cluster has gone, lacks a package, or doesn't
        see the files.
    ImportError
        pyarrow is missing, or with `client` Dask's distributed.

    Warns
    -----
    UserWarning
        A recording can't be read (it is in `_bad.csv` with the reason), or a finished part is
        computed again, because a file of it has changed.

    Examples
    --------
    >>> import pathlib, tempfile, numpy, soundfile, serfast
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> soundfile.write(folder / "a.wav", numpy.zeros(1600), 16000)
    >>> spec = serfast.FeatureSpec(features=[serfast.RMS()])
    >>> extract([folder / "a.wav"], spec, folder / "out").rows
    11
    >>> extract([folder / "a.wav"], spec, folder / "out").kept
    1
    """
    content = content_of(spec, statistics, embedding, backend)
    return write_dataset(
        SourceList(recordings),
        content,
        as_path(folder),
        threads=threads,
        per_part=recordings_per_part,
        retry_bad=retry_bad,
        force=force,
        report=_Warnings(progress),
        client=client,
    )


def write_dataset(
    sources: SourceList,
    content: Content,
    folder: Path,
    *,
    threads: int,
    per_part: int = RECORDINGS_PER_PART,
    retry_bad: bool = False,
    force: bool = False,
    report: Report,
    client: Any = None,
) -> Extracted:
    """Write the parts that are missing; parameters and errors as of :func:`extract`."""
    checks.integer("threads", threads, minimum=1)
    checks.integer("recordings_per_part", per_part, minimum=1)
    if not sources:
        fail("recordings", "at least 1", 0)
    index = KeyIndex(sources)
    settings = {"format": FORMAT, "serfast": __version__, **content.made_by, "per_part": per_part}
    parts = Parts(folder)
    needed_pyarrow("writing Parquet")  # before the folder is made
    if client is not None:
        check_client(client)
    check_folder(folder)
    with alone(folder):
        begin(folder, json.loads(json.dumps(settings)), parts, force)
        parts.sweep()
        plan = parts.plan(sources, index, per_part, retry_bad)
        del index  # of a million recordings it takes 16 MB
        for note in plan.notes:
            report.note(note)
        for number in plan.dropped:
            parts.drop(number)
        report.begin(sum(len(part.sources) for part in plan.todo), len(plan.kept))
        try:
            if client is None:
                _write_parts(plan.todo, content, parts, threads, report)
            else:
                _write_parts_on(client, plan.todo, content, parts, report)
                parts.sweep()  # what tasks left behind whose workers died
        except BaseException:
            with suppress(OSError):  # the error before says more
                count(parts, folder)
            raise
        counted = count(parts, folder)
    return _extracted(folder, plan, counted, content.n_columns)


def _write_parts(
    todo: list[Part], content: Content, parts: Parts, threads: int, report: Report
) -> None:
    def done(source: Source, reason: str) -> None:
        if reason:
            report.bad(source, reason)
        report.done(source)

    items = ((part, source) for part in todo for source in part.sources)

    def work(item: tuple[Part, Source]) -> Computed:
        return compute(content, item[1])

    with closing(in_order(work, items, threads, content.ahead)) as results:  # type: ignore[type-var]
        for number, group in groupby(results, key=lambda result: result[0][0].number):
            with replacing(parts.table(number)) as temporary:
                pairs = ((source, future.result()) for (_, source), future in group)
                parts.remember(number, fill(content, temporary, pairs, done))
            report.finished(parts.table(number).name)


def _write_parts_on(
    client: Any, todo: list[Part], content: Content, parts: Parts, report: Report
) -> None:
    with closing(write_parts_on(client, todo, content, parts)) as written:
        for part, reasons in written:
            for source, reason in zip(part.sources, reasons, strict=True):
                if reason:
                    report.bad(source, reason)
                report.done(source)
            report.finished(parts.table(part.number).name)


def _extracted(folder: Path, plan: Plan, counted: tuple[int, int, int], columns: int) -> Extracted:
    n_recordings, n_rows, n_bad = counted
    n_kept, n_parts = len(plan.kept), len(plan.kept) + len(plan.todo)
    return Extracted(folder, n_parts, n_kept, n_recordings - n_bad, n_rows, columns, n_bad)


class _Warnings:
    """What a Python program is told: warnings."""

    def __init__(self, progress: Callable[[os.PathLike[str]], object] | None) -> None:
        self._progress = progress

    def begin(self, n_recordings: int, n_kept: int) -> None:
        """There is no bar."""

    def note(self, text: str) -> None:
        """Warn."""
        warnings.warn(text, stacklevel=4)

    def bad(self, source: Source, reason: str) -> None:
        """Warn."""
        warnings.warn(f"left out: {printable(source.path)}: {reason}", stacklevel=5)

    def done(self, source: Source) -> None:
        """Tell the caller's function."""
        if self._progress:
            self._progress(source.path)

    def finished(self, part: str) -> None:
        """Parts aren't told."""
