"""`serfast extract`: the feature rows of recordings, as a table."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from .. import presets
from ..corpora.in_order import in_order
from ..corpora.searching import Found
from ..errors import ParameterError, SerfastError
from ..extractor import Extractor
from ..features.spec import FeatureSpec
from ..thread_warnings import collected
from ..urls import UrlPath, as_path
from ._dataset import add_dataset, run_dataset
from ._extracted import Rows, Vectors
from ._json import add_json, print_json
from ._output import check_outputs, writing
from ._progress import Progress
from ._recordings import as_texts, find, named
from ._segments import seconds
from ._spec import read_spec
from ._threads import add_threads
from ._warnings import show_warnings

__all__ = ["add_parser"]

_SUFFIXES = (".npz", ".csv", ".parquet", ".arff")
_PRESETS = ("speech", "librosa", "egemaps", "gemaps", "pyaudioanalysis")
_EPILOG = """\
One row per frame, or with --statistics or --embedding one per recording, and with --segments one
per segment. CSV and Parquet have the columns file, time [s] and the features; an NPZ file holds
files, columns, time_step [s], spec (JSON), and rows_0, rows_1 … in the order of files.

With --statistics CSV and Parquet have the columns file, start, end [s], label, speaker and the
statistics; an NPZ file holds files, start, end, label, speaker, columns, vectors (a row a recording
or segment), spec and statistics (JSON). With --embedding it is the same with the entries of the
embedding's vector. Label and speaker are those of the corpus that named the files, or of the CSV
file --labels. ARFF has the attributes name, start and end (of segments), the statistics, and the
label as class.

A recording that can't be read is reported and left out; the exit status is then 1. OUT appears when
all is done, not before.

With --dataset OUT is a folder of Parquet files of 256 recordings each, with label and speaker, for
corpora of any size. Interrupted or killed, the same command goes on where it was; what has changed
is noticed. Recordings that can't be read stand in OUT/_bad.csv and are not tried again
(docs/scale.md).

examples:
  serfast extract speech.wav -o features.csv
  serfast extract corpus/ -o features.npz --preset librosa --threads 4
  serfast extract emodb/wav -o vectors.csv --statistics
  serfast extract emodb/wav -o egemaps.parquet --preset egemaps --statistics
  serfast extract calls/ -o egemaps.arff --preset egemaps --statistics --segments 3 --overlap 1
  serfast extract emodb/wav -o vectors.parquet --embedding whisper-base-3
  python -c "import serfast; print(serfast.presets.speech().to_json(2))" > spec.json
  serfast extract corpus/ -o features.parquet --spec spec.json
  serfast extract corpus/ -o features/ --dataset --threads 4
  serfast extract /shared/corpus -o /shared/features --dataset --cluster tcp://10.0.0.1:8786
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
    parser.set_defaults(run=run, refuse=parser.error)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="+",
        type=as_path,
        metavar="FILE",
        help="recording, or folder of recordings, or a URL (s3://…); - is standard input",
    )
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        type=as_path,
        metavar="OUT",
        help="table to write; the suffix .npz, .csv, .parquet or .arff chooses its kind; or the "
        "folder of --dataset",
    )
    features = parser.add_mutually_exclusive_group()
    features.add_argument("--preset", choices=_PRESETS, help=f"features (default: {_PRESETS[0]})")
    features.add_argument(
        "--spec", type=Path, metavar="JSON", help="features: a FeatureSpec's JSON"
    )
    _add_vectors(parser.add_argument_group("one row a recording, or a segment of it"))
    parser.add_argument(
        "--backend",
        metavar="NAME",
        help="what computes: native, numba or reference (default: $SERFAST_BACKEND, or native)",
    )
    add_dataset(parser)
    parser.add_argument("--force", action="store_true", help="replace OUT if it exists")
    add_json(parser, "one, with what was written")
    add_threads(parser)


def _add_vectors(vectors: argparse._ArgumentGroup) -> None:
    """Add what makes one row of many."""
    vectors.add_argument(
        "--statistics",
        action="store_true",
        help="write the vector of statistics of each recording, with its label and speaker",
    )
    vectors.add_argument(
        "--embedding",
        metavar="NAME",
        help="write the vector of an installed embedding of each recording, with its label and "
        "speaker; with --statistics behind them",
    )
    vectors.add_argument(
        "--statistics-file",
        type=Path,
        metavar="JSON",
        help="which statistics: a Statistics dictionary (default: the preset's, or Statistics() if "
        "it has none)",
    )
    vectors.add_argument(
        "--segments",
        type=seconds,
        metavar="S",
        help="with --statistics: a row for every S seconds of each recording; the last segment "
        "ends with the recording",
    )
    vectors.add_argument(
        "--overlap",
        type=seconds,
        metavar="S",
        help="with --segments: S seconds of a segment are in the next one too (default: 0)",
    )
    vectors.add_argument(
        "--labels",
        default="auto",
        metavar="SCHEME",
        help="auto, a corpus or a table, as of `serfast train` (default: %(default)s; none are "
        "known if no corpus fits)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Extract; exit status 1 if a recording failed."""
    spec = _spec(arguments)
    if arguments.dataset:
        return run_dataset(arguments, spec)
    _check_table(arguments)
    check_outputs([arguments.output], arguments.force)
    extractor = Extractor(spec, backend=arguments.backend)
    is_vector = arguments.statistics or arguments.embedding
    content = (Vectors if is_vector else Rows)(arguments, extractor)
    result = find(arguments.files)
    texts = as_texts(result.paths)
    n_rows = n_failed = 0
    with (
        writing(arguments.output, arguments.force) as temporary,
        content.table(temporary, texts) as table,
        Progress(len(result.paths)) as progress,
    ):
        for problem in result.problems:
            progress.write(f"serfast extract: {problem}")
        work = partial(_with_warnings, content.compute)
        for path, future in in_order(work, result.paths, arguments.threads):
            try:
                rows, messages = future.result()
            except (SerfastError, OSError, MemoryError) as error:
                n_failed += 1
                progress.write(f"serfast extract: {named(path, error)}")
            else:
                show_warnings(path, messages, progress.write)
                table.add(texts[path], rows)
                n_rows += len(rows)
            progress.step(path.name)
        if not n_rows:
            raise SerfastError(f"no recording could be read, {arguments.output} was not written")
    n_done = len(result.paths) - n_failed
    n_failed += len(result.problems)
    _tell(arguments, content.counts(n_done, n_rows), result, n_failed)
    return 1 if n_failed else 0


def _tell(
    arguments: argparse.Namespace, counts: dict[str, int], result: Found, n_failed: int
) -> None:
    """Say what was written, and what wasn't."""
    if arguments.json:
        n_passed_over = sum(result.passed_over.values())
        rest = {"passed_over": n_passed_over, "failed": n_failed}
        print_json({"output": str(arguments.output), **counts, **rest})
        return
    counted = ", ".join(f"{n} {noun}" for noun, n in counts.items() if noun != "columns")
    passed_over = result.rest() and f"{result.rest()}, "
    print(
        f"{arguments.output}: {counted} of {counts['columns']} columns, {passed_over}"
        f"{n_failed} failed"
    )


def _with_warnings(compute: Callable[[Path], Any], path: Path) -> tuple[Any, list[str]]:
    with collected() as messages:
        return compute(path), messages


def _check_table(arguments: argparse.Namespace) -> None:
    if arguments.output.suffix.lower() not in _SUFFIXES:
        rule = f"must end in {', '.join(_SUFFIXES)}, got {str(arguments.output)!r}"
        arguments.refuse(f"argument -o/--output: {rule} (a folder needs --dataset)")
    if isinstance(arguments.output, UrlPath):
        raise ParameterError(f"OUT must be a URL only with --dataset, got {arguments.output}")
    if arguments.part or arguments.retry_bad or arguments.cluster:
        raise ParameterError("--part, --retry-bad and --cluster must be given with --dataset")


def _spec(arguments: argparse.Namespace) -> FeatureSpec:
    if arguments.spec is not None:
        return read_spec(arguments.spec)
    spec: FeatureSpec = getattr(presets, arguments.preset or _PRESETS[0])()
    return spec
