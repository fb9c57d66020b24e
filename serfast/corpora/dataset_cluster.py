"""Parts of a dataset made on a cluster: a worker writes a part, the client gives it its name.

A worker writes the table into the dataset's folder under a hidden name. The client alone gives
tables their names and writes down what they were made of, so that two workers on the same part,
or a worker that was taken for dead, can't contradict each other.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from .._version import __version__
from ..cluster import DIED, WorkerDied, check_version, completed
from ..errors import ParameterError, SerfastError
from ..files import beside
from ..thread_warnings import collected_here
from ..urls import absolute_path
from .arrow_files import needed_pyarrow
from .dataset_content import Content, Making
from .dataset_parts import Part, Parts
from .dataset_writing import Computed, compute, fill
from .messages import printable
from .recordings import absolute
from .source_list import Source

__all__ = ["write_parts_on"]


@dataclass(frozen=True)
class _Job:
    """A part for a worker to write."""

    making: Making
    made_by: Mapping[str, Any]
    versions: tuple[str, str]
    """Of serfast and of pyarrow, on which the file's bytes depend."""
    part: Part
    table: Path
    killers: frozenset[object] = field(default_factory=frozenset)
    """The keys of recordings that aren't computed, because their workers died."""


@dataclass(frozen=True)
class _Made:
    """What a worker has written."""

    temporary: Path
    state: dict[str, Any]
    reasons: list[str]
    """Why each recording failed, or ""."""


def write_parts_on(
    client: Any, todo: list[Part], content: Content, parts: Parts
) -> Generator[tuple[Part, list[str]], None, None]:
    """Have parts made by a cluster's workers; give each that is in the folder.

    Yields
    ------
    part : Part
    reasons : list of str
        Why each of its recordings failed, or "".
    """
    versions = (__version__, needed_pyarrow("writing Parquet").__version__)
    jobs = (
        _Job(
            content.making,
            content.made_by,
            versions,
            Part(part.number, [_absolute(source) for source in part.sources]),
            absolute_path(parts.table(part.number)),
        )
        for part in todo
    )
    by_number = {part.number: part for part in todo}
    with closing(completed(client, _make, jobs, "serfast-part")) as results:
        for job, result in results:
            made = _without_killers(client, job) if isinstance(result, WorkerDied) else result
            _check_seen(job, made)
            parts.commit(job.part.number, made.state, made.temporary)
            yield by_number[job.part.number], made.reasons


def _make(job: _Job) -> _Made:
    """Write a part under a hidden name: what a worker does.

    Raises
    ------
    SerfastError, OSError, ImportError
        An error of any other kind, which may be one that can't be sent, becomes the first.
    """
    try:
        return _written(_content(job), job)
    except (SerfastError, OSError, ImportError):
        raise
    except Exception as error:
        text = f"{job.part.name}: on a worker: {type(error).__name__}: {error}"
        raise SerfastError(text) from None


def _written(content: Content, job: _Job) -> _Made:
    reasons: list[str] = []
    with beside(job.table) as (temporary, hidden):
        results = ((source, _computed(content, job, source)) for source in job.part.sources)
        state = fill(content, temporary, results, lambda source, reason: reasons.append(reason))
    return _Made(hidden, state, reasons)


def _computed(content: Content, job: _Job, source: Source) -> Computed:
    if source.key in job.killers:
        return {}, SerfastError(DIED)
    with collected_here() as messages:
        computed = compute(content, source)
    path = f"{printable(source.path)}: "  # the client has it by another name
    for message in messages:
        warnings.warn(f"{printable(source.name)}: {message.removeprefix(path)}", stacklevel=2)
    return computed


def _content(job: _Job) -> Content:
    """Give what computes, if it computes the same as the client's would."""
    check_version(job.versions[0])
    if (arrow := needed_pyarrow("writing Parquet").__version__) != job.versions[1]:
        raise ParameterError(f"a worker must have pyarrow {job.versions[1]}, has {arrow}")
    content = _made(job.making)
    if content.made_by != job.made_by:
        raise ParameterError("a worker must have the client's features and embedding, has others")
    return content


@lru_cache(maxsize=4)
def _made(making: Making) -> Content:
    return making.content()


def _try(job_and_source: tuple[_Job, Source]) -> None:
    """Compute a recording, to see whether the worker survives it."""
    job, source = job_and_source
    compute(_content(job), source)


def _without_killers(client: Any, job: _Job) -> _Made:
    """Find the recordings that kill workers, one after the other, and make the part without them.

    Raises
    ------
    SerfastError
        Workers die even so.
    """
    killers = {
        source.key
        for source in job.part.sources
        if isinstance(_alone(client, _try, (job, source)), WorkerDied)
    }
    made: _Made | WorkerDied = _alone(client, _make, replace(job, killers=frozenset(killers)))
    if isinstance(made, WorkerDied):
        raise SerfastError(f"{job.part.name}: {made}")
    return made


def _alone(client: Any, function: Callable[[Any], Any], item: Any) -> Any:
    """Run one task, while others may run that were submitted before."""
    with closing(completed(client, function, [item], "serfast-again")) as results:
        return next(results)[1]


def _check_seen(job: _Job, made: _Made) -> None:
    """Refuse a cluster that has other files than the client: all would seem to be bad."""
    if not made.temporary.exists():
        rule = "a folder that the workers share with this program, or a URL"
        raise SerfastError(f"{job.table.parent}: must be {rule}: a worker's file isn't here")
    for source, reason in zip(job.part.sources, made.reasons, strict=True):
        if not reason:
            return
        if reason.startswith("no such file") and source.path.exists():
            made.temporary.unlink(missing_ok=True)
            raise SerfastError(f"{printable(source.path)}: is here, but the workers don't see it")


def _absolute(source: Source) -> Source:
    """Give a recording as a process with another working folder sees it."""
    path = absolute_path(source.path)
    return Source(source.name, path, source.recording and absolute(source.recording))
