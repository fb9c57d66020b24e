"""`serfast evaluate`: how well a classifier does on speakers that it doesn't know."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..training.condition_figures import condition_table
from ..training.conditions import CONDITIONS, Wanted, conditions_from
from ..training.evaluation import Evaluation, Fold
from ..training.group_folds import folds_from
from ..training.measured import measured_card
from ..training.metrics import BINS, classification_report
from ..training.plots import plot_conditions, plot_confusion
from ..training.recipe import Recipe
from ._cluster import add_cluster, client_of
from ._examples import Reading, add_arguments, read_recipe
from ._json import add_json, print_json
from ._output import check_outputs, check_plot, finish, keep, writing

__all__ = ["add_parser"]

_EPILOG = """\
Leave one speaker out, if --folds says nothing else: for every speaker a classifier is trained on
all others (what it chooses and scales, it does by those others alone) and predicts that speaker's
recordings, each by itself. The report is of all predictions pooled.

With --conditions the same models predict these recordings also in noise, in rooms, on the telephone
and so on (docs/robustness.md); kinds of alteration that the training never saw are marked.

A recording that can't be used is reported and left out, and the exit status is then 1; silent and
very short ones are named. Speakers, classes and options are checked before any is read.

examples:
  serfast evaluate emodb/wav --plot confusion.png
  serfast evaluate recordings/ --labels table.csv -o measured.json
  serfast evaluate emodb/wav --conditions --plot-conditions conditions.png
  serfast evaluate emodb/wav --plain --conditions noise=20 noise=10,gain=-20
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
        "--folds",
        default="speakers",
        metavar="HOW",
        help="what is left out: speakers (each once), a number of groups of speakers, given (each "
        "fold that a table's column fold names), given:NAME (that one alone, such as a test set) "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--conditions",
        nargs="*",
        metavar="NAME=NUMBER[,…]",
        help="measure also on recordings altered so, as --alter has it; without any: on a list of "
        f"{len(CONDITIONS)} conditions",
    )
    parser.add_argument(
        "--plot-conditions",
        type=Path,
        metavar="PNG",
        help="recall under conditions as a picture; means --conditions if they aren't given",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="JSON file to write the figures into, as `train --measured` takes them",
    )
    add_cluster(parser, "make the examples and train the folds")
    add_json(parser, "one, with the figures")
    parser.add_argument("--force", action="store_true", help="replace PNG and FILE if they exist")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and report; exit status 1 if a recording or folder couldn't be read."""
    plots = [arguments.plot, arguments.plot_conditions]
    check_outputs([*plots, arguments.output], arguments.force)
    for plot in plots:
        check_plot(plot)
    recipe = read_recipe(arguments)
    wanted = _wanted(arguments)
    conditions_from(wanted, ())  # a wrong one is refused before the folder is searched
    reading = Reading(arguments)
    folds = folds_from(arguments.folds, reading.recordings)
    with client_of(arguments) as client, reading.progress() as bar:
        evaluation = recipe.evaluate(
            reading.recordings,
            folds,
            conditions=wanted,
            folder=arguments.run_folder,
            progress=bar.step_path,
            tell=bar.at,
            fold_done=lambda fold: bar.write(_line(folds.left_out, fold)),
            failed=reading.failed,
            client=client,
        )
    finish(
        lambda: _write_figures(arguments, evaluation, recipe),
        lambda: _draw(arguments, evaluation),
        lambda: _draw_conditions(arguments, evaluation),
        lambda: _show(arguments, evaluation, recipe, reading),
    )
    return 1 if reading.n_failed else 0


def _show(
    arguments: argparse.Namespace, evaluation: Evaluation, recipe: Recipe, reading: Reading
) -> None:
    if arguments.json:
        print_json({**measured_card(evaluation, recipe), "failed": reading.n_failed})
        return
    print(classification_report(evaluation.matrix, evaluation.classes), flush=True)
    figures = [one.figures for one in evaluation.conditions]
    if figures:
        print("", *condition_table(figures), sep="\n")
        clean, mixed = evaluation.expected_calibration_error, evaluation.mixed_calibration_error
        errors = f"{clean:.3f} clean, {mixed:.3f} all together"
        print(f"calibration error (ECE, {BINS} bins): {errors}", flush=True)
    if evaluation.certain_above is not None:
        print(_certain(evaluation.card()["certain"]), flush=True)
    if reading.n_failed:
        print(f"{reading.n_failed} failed", flush=True)


def _write_figures(arguments: argparse.Namespace, evaluation: Evaluation, recipe: Recipe) -> None:
    if arguments.output:
        text = json.dumps(measured_card(evaluation, recipe), indent=1)
        keep(arguments.output, f"{text}\n".encode(), arguments.force)


def _draw(arguments: argparse.Namespace, evaluation: Evaluation) -> None:
    if arguments.plot:
        with writing(arguments.plot, arguments.force) as path:
            plot_confusion(evaluation.matrix, evaluation.classes, path)


def _draw_conditions(arguments: argparse.Namespace, evaluation: Evaluation) -> None:
    if arguments.plot_conditions:
        with writing(arguments.plot_conditions, arguments.force) as path:
            figures = [one.figures for one in evaluation.conditions]
            plot_conditions(figures, path, chance=1 / len(evaluation.classes))


def _wanted(arguments: argparse.Namespace) -> Wanted:
    """Give the conditions asked for; none after the option are all of the list."""
    if arguments.conditions is None:
        return arguments.plot_conditions is not None
    return arguments.conditions or True


def _certain(card: Mapping[str, Any]) -> str:
    """Say from which probability on answers are certain, and what other folds' bounds keep."""
    shares = [
        f"{100 * card[key]['kept']:.0f} % {name} ({100 * card[key]['right_of_kept']:.0f} % right)"
        for key, name in (("clean", "clean"), ("mixed", "all together"))
    ]
    return f"certain from probability {card['above']:.3f} on: {', '.join(shares)}"


def _line(left_out: str, fold: Fold) -> str:
    return f"{left_out} {fold.speaker}: UAR {100 * fold.uar:.1f} %, {len(fold.true)} recordings"
