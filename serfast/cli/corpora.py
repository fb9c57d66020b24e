"""`serfast corpora`: the corpora that are known, and what a folder of recordings holds."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .._checks import shown, similar
from ..corpora.catalogue import CORPORA
from ..corpora.checking import Checked, check
from ..corpora.corpus import Corpus
from ..corpora.finding import find_labelled
from ..corpora.messages import SHOWN, printable
from ..errors import ParameterError
from ..picture.corpus import draw_corpus
from ..thread_warnings import collected
from ._json import add_json, print_json
from ._output import check_outputs, check_plot, writing
from ._progress import Progress

__all__ = ["add_parser"]

MOST_SPEAKERS = 24
"""With more speakers than this the table has no column for each."""

_EPILOG = """\
Without NAME it lists the corpora. With NAME it says what is known of one: its classes, speakers,
licence, paper, and where to get it. With NAME and FOLDER it reads every recording there and counts
them by class and speaker; it names files that are labelled otherwise, doubled (the same samples),
silent, very short or very long, that can't be read, or that end before a part of them does. NAME
may also be what --labels of `serfast train` takes: auto, folders, or a table.

examples:
  serfast corpora
  serfast corpora ravdess
  serfast corpora emodb emodb/wav --plot emodb.png
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "corpora",
        description="List the known corpora, or check a folder of one.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a corpus")
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="where it lies")
    parser.add_argument(
        "--plot", type=Path, metavar="PNG", help="the counts as a picture (.png, .svg, .pdf)"
    )
    add_json(parser, "one for each corpus; or one, with what the folder holds")
    parser.add_argument("--force", action="store_true", help="replace PNG if it exists")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List corpora, or check a folder; exit status 1 if a file of it can't be read."""
    if arguments.plot and not arguments.folder:
        raise ParameterError("--plot must be given with a FOLDER")
    if arguments.folder:
        return _check(arguments)
    corpora = list(CORPORA.values()) if arguments.name is None else [_known(arguments.name)]
    if arguments.json:
        for corpus in corpora:
            print_json(_facts(corpus))
    elif arguments.name is None:
        _print_table(
            [["name", "corpus", "language", "classes", "speakers", "licence"]]
            + [_line(corpus) for corpus in corpora]
        )
    else:
        _print_facts(corpora[0])
    return 0


def _known(name: str) -> Corpus:
    if name not in CORPORA:
        given = shown(name) + similar(name, CORPORA)
        raise ParameterError(f"corpus must be one of {', '.join(CORPORA)}, got {given}")
    return CORPORA[name]


def _line(corpus: Corpus) -> list[str]:
    classes, speakers = str(len(corpus.classes)), corpus.n_speakers
    return [
        *(corpus.name, corpus.title, corpus.language, classes),
        *("" if speakers is None else str(speakers), corpus.licence),
    ]


def _facts(corpus: Corpus) -> dict[str, Any]:
    return {
        "name": corpus.name,
        "title": corpus.title,
        "language": corpus.language,
        "emotions": dict(corpus.emotions),
        "classes": list(corpus.classes),
        "speakers": corpus.n_speakers,
        "recordings": corpus.n_recordings,
        "licence": corpus.licence,
        "source": corpus.source,
        "url": corpus.url,
        "example": corpus.example,
    }


def _print_facts(corpus: Corpus) -> None:
    facts = _facts(corpus) | {
        "emotions": ", ".join(f"{code}: {name}" for code, name in corpus.emotions.items()),
        "classes": ", ".join(corpus.classes),
    }
    for name, value in facts.items():
        if value is not None:
            print(f"{name:<12}{value}")


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print lines in columns, the first and text to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numeric = [all(cell.isdigit() or not cell for cell in c[1:]) for c in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ]
        print("  ".join(cells).rstrip())


def _check(arguments: argparse.Namespace) -> int:
    check_outputs([arguments.plot], arguments.force)
    check_plot(arguments.plot)
    with collected():  # what is labelled otherwise is told below
        recordings, result = find_labelled(arguments.folder, arguments.name)
    paths = result.paths or sorted({recording.path for recording in recordings})
    corpus = CORPORA.get(arguments.name)
    with Progress(len({recording.path for recording in recordings})) as bar:
        checked = check(corpus, recordings, paths, bar.step_path)
    checked.unreadable += len(result.problems)
    problems = (problem.partition(": ") for problem in result.problems)
    checked.odd += [(Path(folder), why) for folder, _, why in problems]
    if arguments.json:
        print_json(_found(checked))
    else:
        _print_found(checked)
    if arguments.plot:
        with writing(arguments.plot, arguments.force) as path:
            draw_corpus(checked, path)
    return int(checked.unreadable > 0)


def _found(checked: Checked) -> dict[str, Any]:
    return {
        "corpus": checked.corpus and checked.corpus.name,
        "recordings": len(checked.recordings),
        "missing": checked.missing,
        "seconds": round(checked.seconds, 3),
        "counts": {
            label: dict(zip(checked.speakers, map(int, row), strict=True))
            for label, row in zip(checked.classes, checked.counts, strict=True)
        },
        "sample_rates": {str(rate): count for rate, count in sorted(checked.rates.items())},
        "unlabelled": [printable(path) for path in checked.unlabelled],
        "doubled": [[printable(path) for path in same] for same in checked.doubled],
        "odd": [{"file": printable(path), "what": why} for path, why in checked.odd],
    }


def _print_found(checked: Checked) -> None:
    minutes, seconds = divmod(round(checked.seconds), 60)
    rates = ", ".join(f"{rate} Hz: {count}" for rate, count in sorted(checked.rates.items()))
    title = checked.corpus.title if checked.corpus else "recordings"
    print(
        f"{title}: {len(checked.recordings)} recordings, {len(checked.speakers)} speakers, "
        f"{minutes} min {seconds} s" + (f" ({rates})" if rates else "")
    )
    each = len(checked.speakers) <= MOST_SPEAKERS
    header = ["class", *(checked.speakers if each else []), "all"]
    rows = [
        [label, *(map(str, row) if each else []), str(row.sum())]
        for label, row in zip(checked.classes, checked.counts, strict=True)
    ]
    _print_table([header, *rows])
    if checked.missing:
        assert checked.corpus
        print(f"missing: {checked.missing} of {checked.corpus.n_recordings} published")
    _print_list("labelled otherwise", [printable(path) for path in checked.unlabelled])
    doubled = [" = ".join(printable(path) for path in same) for same in checked.doubled]
    _print_list("doubled", doubled)
    _print_list("odd", [f"{printable(path)}: {printable(why)}" for path, why in checked.odd])


def _print_list(what: str, items: Sequence[str]) -> None:
    if items:
        print(f"{what}: {len(items)}")
        for item in items[:SHOWN]:
            print(f"  {item}")
        if len(items) > SHOWN:
            print(f"  and {len(items) - SHOWN} more (--json lists all)")
