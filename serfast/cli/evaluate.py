"""`serfast evaluate`: how well a classifier does on speakers that it doesn't know."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..training.evaluation import Evaluation, Fold
from ..training.measured import measured_card
from ..training.metrics import classification_report
from ..training.plots import plot_confusion
from ..training.recipe import Recipe
from ._examples import add_arguments, read_recipe, read_recordings
from ._output import check_outputs, check_plot, finish, keep, writing
from ._progress import Progress

__all__ = ["add_parser"]

_EPILOG = """\
Leave one speaker out: for every speaker a classifier is trained on all others (what it chooses and
scales, it does by those others alone) and predicts that speaker's recordings, each by itself. The
report is of all predictions pooled.

examples:
  serfast evaluate emodb/wav --plot confusion.png
  serfast evaluate recordings/ --labels table.csv --json measured.json
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "evaluate",
        description="Measure a classifier on a folder of labelled recordings.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(parser)
    parser.add_argument(
        "--plot", type=Path, metavar="PNG", help="confusion matrix as a picture (.png, .svg, .pdf)"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="the figures, as `train --measured` takes them"
    )
    parser.add_argument("--force", action="store_true", help="replace PNG and FILE if they exist")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and report; exit status 1 if a part of the folder couldn't be read."""
    check_outputs([arguments.plot, arguments.json], arguments.force)
    check_plot(arguments.plot)
    recipe = read_recipe(arguments)
    recordings, n_failed = read_recordings(arguments)
    with Progress(len(recordings)) as bar:
        evaluation = recipe.evaluate(
            recordings,
            folder=arguments.run_folder,
            progress=bar.step_path,
            tell=bar.at,
            fold_done=lambda fold: bar.write(_line(fold)),
        )
    finish(
        lambda: _write_figures(arguments, evaluation, recipe),
        lambda: _draw(arguments, evaluation),
        lambda: print(classification_report(evaluation.matrix, evaluation.classes), flush=True),
    )
    return 1 if n_failed else 0


def _write_figures(arguments: argparse.Namespace, evaluation: Evaluation, recipe: Recipe) -> None:
    if arguments.json:
        text = json.dumps(measured_card(evaluation, recipe), indent=1)
        keep(arguments.json, f"{text}\n".encode(), arguments.force)


def _draw(arguments: argparse.Namespace, evaluation: Evaluation) -> None:
    if arguments.plot:
        with writing(arguments.plot, arguments.force) as path:
            plot_confusion(evaluation.matrix, evaluation.classes, path)


def _line(fold: Fold) -> str:
    return f"speaker {fold.speaker}: UAR {100 * fold.uar:.1f} %, {len(fold.true)} recordings"
