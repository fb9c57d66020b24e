"""`serfast extract`: the feature rows of recordings, as a table."""

from __future__ import annotations

import argparse
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

from .. import presets
from ..audio.reading import load
from ..corpora.tables import TABLES, check_columns
from ..errors import SerfastError
from ..extractor import Extractor
from ..features.spec import FeatureSpec
from ._output import check_outputs, writing
from ._progress import Progress
from ._recordings import as_texts, find, named, source
from ._spec import read_spec

__all__ = ["add_parser"]

_SUFFIXES = (".npz", ".csv", ".parquet")
_PRESETS = ("speech", "librosa")
_EPILOG = """\
One row per frame. CSV and Parquet have the columns file, time [s] and the features; an NPZ file
holds files, columns, time_step [s], spec (JSON), and rows_0, rows_1 … in the order of files.

A recording that can't be read is reported and left out; the exit status is then 1. OUT appears when
all is done, not before.

examples:
  serfast extract speech.wav -o features.csv
  serfast extract corpus/ -o features.npz --preset librosa --threads 4
  python -c "import serfast; print(serfast.presets.speech().to_json(2))" > spec.json
  serfast extract corpus/ -o features.parquet --spec spec.json
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "extract",
        description="Write the feature rows of recordings as a table.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_arguments(parser)
    parser.set_defaults(run=run)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="recording, or folder of recordings; - is standard input",
    )
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        type=_output,
        metavar="OUT",
        help="table to write; the suffix .npz, .csv or .parquet chooses its kind",
    )
    features = parser.add_mutually_exclusive_group()
    features.add_argument("--preset", choices=_PRESETS, help=f"features (default: {_PRESETS[0]})")
    features.add_argument(
        "--spec", type=Path, metavar="JSON", help="features: a FeatureSpec's JSON"
    )
    parser.add_argument(
        "--backend",
        metavar="NAME",
        help="what computes: native, numba or reference (default: $SERFAST_BACKEND, or native)",
    )
    parser.add_argument("--force", action="store_true", help="replace OUT if it exists")
    parser.add_argument(
        "--threads",
        type=_threads,
        default=_processors(),
        metavar="N",
        help="recordings at a time (default: the processors, %(default)s here)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Extract; exit status 1 if a recording failed."""
    check_outputs([arguments.output], arguments.force)
    spec = _spec(arguments)
    suffix = arguments.output.suffix.lower()
    check_columns(suffix, spec)
    extractor = Extractor(spec, backend=arguments.backend)
    found = find(arguments.files)
    paths, problems = found.paths, found.problems
    texts = as_texts(paths)
    n_rows = n_failed = 0
    with (
        writing(arguments.output, arguments.force) as temporary,
        TABLES[suffix](temporary, spec) as table,
        Progress(len(paths)) as progress,
    ):
        for problem in problems:
            progress.write(f"serfast extract: {problem}")
        for path, future in _in_order(extractor, paths, arguments.threads):
            try:
                rows = future.result()
            except (SerfastError, OSError) as error:
                n_failed += 1
                progress.write(f"serfast extract: {named(path, error)}")
            else:
                table.add(texts[path], rows)
                n_rows += len(rows)
            progress.step(path.name)
        if not n_rows:
            raise SerfastError(f"no recording could be read, {arguments.output} was not written")
    n_failed += len(problems)
    rest = found.rest() and f"{found.rest()}, "
    print(
        f"{arguments.output}: {len(paths) + len(problems) - n_failed} recordings, {n_rows} rows "
        f"of {len(spec.columns)} columns, {rest}{n_failed} failed"
    )
    return 1 if n_failed else 0


def _output(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in _SUFFIXES:
        raise argparse.ArgumentTypeError(f"must end in {', '.join(_SUFFIXES)}, got {text!r}")
    return path


def _processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _threads(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be an int >= 1, got {text!r}")
    return int(text)


def _spec(arguments: argparse.Namespace) -> FeatureSpec:
    if arguments.spec is not None:
        return read_spec(arguments.spec)
    spec: FeatureSpec = getattr(presets, arguments.preset or _PRESETS[0])()
    return spec


def _in_order(
    extractor: Extractor, paths: list[Path], threads: int
) -> Iterator[tuple[Path, Future[Any]]]:
    """Each path with its rows to come, few of them waiting at a time, so that memory suffices."""
    pool = ThreadPoolExecutor(threads)
    waiting: deque[tuple[Path, Future[Any]]] = deque()
    try:
        for path in paths:
            waiting.append((path, pool.submit(_rows, extractor, path)))
            if len(waiting) > 2 * threads:
                yield waiting.popleft()
        yield from waiting
    finally:
        pool.shutdown(cancel_futures=True)


def _rows(extractor: Extractor, path: Path) -> Any:
    # a spec's rate may be a fraction; `load` refuses that, as soxr does
    y, _ = load(source(path), cast(int, extractor.spec.sample_rate))
    return extractor(y)
