"""`serfast compare`: which of two evaluations is better, and whether that may be chance."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from ..corpora.messages import printable
from ..training.comparison import Comparison, compare, figures_of
from ._json import add_json, print_json

__all__ = ["add_parser"]

_EPILOG = """\
Both files are written by `serfast evaluate -o`, with the same speakers left out. The difference is
the mean over speakers; its interval is a bootstrap over them. "by chance" is how often a difference
as large comes about if both are equally good (a permutation test over the speakers' signs): with
few speakers it can't be small. Evaluations of other classes are refused, and of other numbers of
recordings told.

examples:
  serfast evaluate emodb/wav -o svm.json
  serfast evaluate emodb/wav --embedding whisper-base-3 -o whisper.json
  serfast compare svm.json whisper.json
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "compare",
        description="Compare two evaluations, speaker by speaker.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("first", type=Path, metavar="A", help="JSON file of the one")
    parser.add_argument("second", type=Path, metavar="B", help="JSON file of the other")
    add_json(parser, "one, with the comparison")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare and report."""
    result = compare(figures_of(arguments.first), figures_of(arguments.second))
    if arguments.json:
        print_json(asdict(result))
    else:
        names = [path.name for path in (arguments.first, arguments.second)]
        if names[0] == names[1]:
            names = [str(arguments.first), str(arguments.second)]
        _show(result, *map(printable, names))
    return 0


def _show(result: Comparison, first: str, second: str) -> None:
    lines = [("UAR %", first, second, "difference"), _line("pooled", *result.pooled)]
    lines += [
        _line(f"speaker {printable(who)}", one, two)
        for who, one, two in zip(result.speakers, result.first, result.second, strict=True)
    ]
    lines += [_line(printable(name), one, two) for name, (one, two) in result.recall.items()]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for name, *cells in lines:
        numbers = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        print("  ".join([name.ljust(widths[0]), *numbers]))
    low, high = (100 * bound for bound in result.interval)
    print(
        f"mean over {len(result.speakers)} speakers: {100 * result.difference:+.1f} "
        f"(95 % interval {low:+.1f} to {high:+.1f}); by chance in {_percent(result.chance)} % "
        "of the cases if both are equally good"
    )


def _line(name: str, one: float, two: float) -> tuple[str, str, str, str]:
    return name, f"{100 * one:.1f}", f"{100 * two:.1f}", f"{100 * (two - one):+.1f}"


def _percent(chance: float) -> str:
    """Write a share in percent with two digits, without an exponent."""
    return f"{100 * chance:.0f}" if chance >= 0.095 else f"{100 * chance:.2g}"
