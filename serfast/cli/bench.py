"""`serfast bench`: how fast this machine is, and how many live streams it carries."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from ..backends import chosen
from ..bench import compare, picture, report, saved, suite
from ..bench.settings import Settings, whole_row
from ..errors import SerfastError
from ._json import add_json, print_json
from ._output import check_outputs, check_plot, writing
from ._spec import read_spec
from ._status import Status

__all__ = ["add_parser"]

_EPILOG = """\
Throughput is of recordings of 10 s, latency of one stream that is fed without a pause, predictions
are of 3 s with each installed classifier's own model, live streams are served in real time. Every
measurement has a process of its own. With --threads N throughput uses N threads, and live streams N
processes, for each of which Python has one lock; latency and predictions have one thread.

Stop other programs first. It takes about a minute.

examples:
  serfast bench
  serfast bench --threads 4 --seconds 10 --plot bench.png
  serfast bench --json > before.json
  serfast bench --isa baseline --compare before.json
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "bench",
        description="Measure throughput, latency, memory and live streams on this machine.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--backend",
        metavar="NAME",
        help="what computes: native, numba or reference (default: $SERFAST_BACKEND, or native)",
    )
    parser.add_argument(
        "--isa",
        metavar="NAME",
        help="native's instruction set, of `serfast info` (default: $SERFAST_ISA, or the best)",
    )
    parser.add_argument(
        "--threads",
        type=int,
        default=1,
        metavar="N",
        help="at a time, at most 4 for each processor (default: %(default)s)",
    )
    parser.add_argument(
        "--chunk-ms",
        type=float,
        default=10.0,
        metavar="MS",
        help="length of a live stream's chunks (default: %(default)g)",
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=2.0,
        metavar="S",
        help="how long each measurement lasts (default: %(default)g)",
    )
    parser.add_argument(
        "--spec", type=Path, metavar="JSON", help="features: a FeatureSpec (default: 57 columns)"
    )
    add_json(parser, "one, with all figures")
    parser.add_argument(
        "--compare", type=Path, metavar="OLD.json", help="show ratios to an earlier --json"
    )
    parser.add_argument(
        "--plot", type=Path, metavar="PNG", help="draw a picture (.png, .svg, .pdf)"
    )
    parser.add_argument("--force", action="store_true", help="replace PNG if it exists")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure and show. A plugin that doesn't work is shown, and the exit status is still 0.

    Raises
    ------
    SerfastError
        If this is a frozen application, which has no Python for the measuring processes.
    """
    if getattr(sys, "frozen", False):
        raise SerfastError("bench needs an installed serfast: a frozen application has no Python")
    settings = _settings(arguments)
    check_outputs([arguments.plot], arguments.force)
    check_plot(arguments.plot)
    old = None if arguments.compare is None else saved.read(arguments.compare)
    with Status(sys.stderr) as status:
        result = suite.run(settings, status.show)
    if arguments.json:
        print_json(result)
    else:
        print(report.text(result, _width()))
    if old is not None:
        ratios = compare.text(result, old)
        if arguments.json:  # then standard output is for the JSON
            print(ratios, file=sys.stderr)
        else:
            print(f"\n{ratios}")
    if arguments.plot:
        with writing(arguments.plot, arguments.force) as path:
            picture.plot(result, path, old)
    return 0


def _width() -> int:
    """Give the characters of a line: those of the page, or of a terminal that is narrower."""
    return min(report.WIDTH, shutil.get_terminal_size((report.WIDTH, 24)).columns)


def _settings(arguments: argparse.Namespace) -> Settings:
    """Give what the options choose."""
    return Settings(
        backend=chosen(arguments.backend),
        isa=arguments.isa,
        threads=arguments.threads,
        chunk_ms=arguments.chunk_ms,
        seconds=arguments.seconds,
        spec=whole_row() if arguments.spec is None else read_spec(arguments.spec),
    )
