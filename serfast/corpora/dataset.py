"""A partitioned Parquet dataset of any number of recordings, which goes on after an interruption.

The folder holds `part-000000.parquet` and so on, and beside them, with names that readers of
datasets pass over, `_dataset.json` (what made it), `_parts/` (what each part was made of) and
`_bad.csv` (recordings that couldn't be read). A part appears whole or not at all.
"""

from __future__ import annotations

import csv
import json
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from .. import _checks as checks
from .._checks import fail
from .._version import __version__
from ..errors import AudioError, ParameterError, SerfastError
from ..features.spec import FeatureSpec
from ..files import replacing
from ..forking import forks_wait
from ..statistics.statistics import Statistics
from .dataset_content import Content, content_of
from .dataset_parts import STATES, Part, Parts, Plan, Source, mark_of
from .in_order import in_order
from .messages import printable, reason_of
from .recordings import Recording

__all__ = ["RECORDINGS_PER_PART", "Extracted", "Report", "extract", "sources_of", "write_dataset"]

RECORDINGS_PER_PART = 256
ABOUT, BAD, LOCK = "_dataset.json", "_bad.csv", "_lock"

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
) -> Extracted:
    """Write the features of recordings as a partitioned Parquet dataset, or go on with one.

    Called again after an error, an interrupt or a power cut, it computes only what is missing.
    The bytes of the parts don't depend on the number of threads, nor on interruptions.

    Parameters
    ----------
    recordings : iterable of Recording or path
        A :class:`Recording` adds label and speaker, and may be a part of a file.
    spec : FeatureSpec
    folder : path
        It is made if it doesn't exist. One that holds anything but a dataset is refused.
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
    ImportError
        pyarrow is missing.

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
        sources_of(recordings),
        content,
        Path(folder),
        threads=threads,
        per_part=recordings_per_part,
        retry_bad=retry_bad,
        force=force,
        report=_Warnings(progress),
    )


def sources_of(recordings: Iterable[Recording | str | os.PathLike[str]]) -> list[Source]:
    """Give the recordings with the names that a dataset has for their files."""
    sources = []
    for one in recordings:
        recording = one if isinstance(one, Recording) else None
        path = Path(os.fsdecode(one.path if isinstance(one, Recording) else one))
        sources.append(Source(_text(path), path, recording))
    return sources


def write_dataset(
    sources: list[Source],
    content: Content,
    folder: Path,
    *,
    threads: int,
    per_part: int = RECORDINGS_PER_PART,
    retry_bad: bool = False,
    force: bool = False,
    report: Report,
) -> Extracted:
    """Write the parts that are missing; parameters and errors as of :func:`extract`."""
    checks.integer("threads", threads, minimum=1)
    checks.integer("recordings_per_part", per_part, minimum=1)
    _check_different(sources)
    settings = {"format": FORMAT, "serfast": __version__, **content.made_by, "per_part": per_part}
    parts = Parts(folder)
    _check_folder(folder)
    with _alone(folder):
        _begin(folder, json.loads(json.dumps(settings)), parts, force)
        parts.sweep()
        plan = parts.plan(sources, per_part, retry_bad)
        for note in plan.notes:
            report.note(note)
        for number in plan.dropped:
            parts.drop(number)
        report.begin(sum(len(part.sources) for part in plan.todo), len(plan.kept))
        try:
            _write_parts(plan.todo, content, parts, threads, report)
        finally:
            counted = _count(parts, folder)
    return _extracted(folder, plan, counted, content.n_columns)


def _write_parts(
    todo: list[Part], content: Content, parts: Parts, threads: int, report: Report
) -> None:
    def work(item: tuple[Part, Source]) -> tuple[dict[str, Any], Any]:
        mark = mark_of(item[1].path)  # before it is read, so that a later change is noticed
        try:
            return mark, content.compute(item[1])
        except (SerfastError, OSError, MemoryError) as error:
            return mark, error

    items = ((part, source) for part in todo for source in part.sources)
    with closing(in_order(work, items, threads)) as results:  # type: ignore[type-var]
        for number, group in groupby(results, key=lambda result: result[0][0].number):
            with replacing(parts.table(number)) as temporary:
                state: dict[str, Any] = {"sources": [], "bad": [], "rows": 0}
                with content.table(temporary) as table:
                    for (_, source), future in group:
                        mark, computed = future.result()
                        one = {"key": source.key, "about": source.about, "mark": mark}
                        state["sources"].append(one)
                        if isinstance(computed, Exception):
                            reason = _reason(source, computed)
                            state["bad"].append([source.name, reason])
                            report.bad(source, reason)
                        else:
                            state["rows"] += table.add(source, computed)
                        report.done(source)
                parts.remember(number, {**state, "bytes": temporary.stat().st_size})
            report.finished(parts.table(number).name)


def _check_different(sources: list[Source]) -> None:
    keys: set[object] = set()
    for source in sources:
        if source.key in keys:
            fail("recordings", "different ones", source.name)
        keys.add(source.key)
    if not sources:
        fail("recordings", "at least 1", 0)


def _check_folder(folder: Path) -> None:
    """Make the folder; refuse one in which others' files are."""
    if folder.exists() and not folder.is_dir():
        fail("folder", "a folder, or a new one", str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    others = [path.name for path in folder.iterdir() if path.name not in (ABOUT, LOCK)]
    if others and not (folder / ABOUT).exists():
        rule = f"an empty folder, a new one or one with a dataset, got {str(folder)!r}"
        raise ParameterError(f"folder must be {rule}, which holds {printable(min(others))}")


def _begin(folder: Path, settings: dict[str, Any], parts: Parts, force: bool) -> None:
    """Refuse a dataset that was made with something else; with `force` begin it anew."""
    about = folder / ABOUT
    try:
        before = json.loads(about.read_text("utf-8")) if about.exists() else None
    except ValueError:
        before = {}
    if before is not None and before != settings:
        differences = _differences(before, settings)
        if not force:
            raise ParameterError(
                f"folder must be a new one, or one of a dataset that was made with the same "
                f"settings, got {str(folder)!r}, which has {differences} "
                f"(force begins it anew)"
            )
    if force:
        for number in parts.numbers():
            parts.drop(number)
        (folder / BAD).unlink(missing_ok=True)
    (folder / STATES).mkdir(exist_ok=True)
    if before != settings:
        with replacing(about) as temporary:
            temporary.write_text(json.dumps(settings, indent=1) + "\n", "utf-8")


def _differences(before: Any, settings: dict[str, Any]) -> str:
    if not isinstance(before, dict):
        before = {}
    names = [name for name in settings if before.get(name) != settings[name]]
    names += [name for name in before if name not in settings]
    said = {
        "serfast": f"serfast's version {before.get('serfast')} instead of {settings['serfast']}",
        "per_part": f"{before.get('per_part')} recordings per part, not {settings['per_part']}",
        "kind": f"{before.get('kind')} instead of {settings['kind']}",
        "backend": f"the back end {before.get('backend')} instead of {settings['backend']}",
        "spec": "another spec",
        "statistics": "other statistics",
        "embedding": "another embedding",
    }
    return ", ".join(said.get(name, f"another {name}") for name in names)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a second program from writing into the same folder, where the system has such locks."""
    try:
        with forks_wait:
            import fcntl  # optional: Windows has none
    except ImportError:
        yield
        return
    with (folder / LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SerfastError(f"{folder}: another program is writing this dataset") from error
        except OSError:
            pass  # a file system without locks
        yield


def _count(parts: Parts, folder: Path) -> tuple[int, int, int]:
    """Write the table of bad recordings; give the numbers of recordings, rows and bad ones."""
    n_recordings = n_rows = n_bad = 0
    with replacing(folder / BAD) as temporary, temporary.open("w", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["path", "reason"])
        for state in parts.states():
            writer.writerows(state["bad"])
            n_recordings += len(state["sources"])
            n_rows += state["rows"]
            n_bad += len(state["bad"])
    return n_recordings, n_rows, n_bad


def _extracted(folder: Path, plan: Plan, counted: tuple[int, int, int], columns: int) -> Extracted:
    n_recordings, n_rows, n_bad = counted
    n_kept, n_parts = len(plan.kept), len(plan.kept) + len(plan.todo)
    return Extracted(folder, n_parts, n_kept, n_recordings - n_bad, n_rows, columns, n_bad)


def _reason(source: Source, error: Exception) -> str:
    """Say on one line why a recording failed, without its name, which stands beside it."""
    if isinstance(error, MemoryError):
        return f"memory ran out: {error}" if str(error) else "memory ran out"
    text = reason_of(error) if isinstance(error, OSError) else str(error)
    if isinstance(error, AudioError):
        text = text.removeprefix(f"{printable(source.path)}: ")
    return printable(text)


def _text(path: Path) -> str:
    """Give the path as UTF-8; bytes that aren't are escapes, so two names stay two."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


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
