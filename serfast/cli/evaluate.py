"""`serfast evaluate`: how well a classifier does on speakers that it doesn't know."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..corpora.table_rows import TABLE_SUFFIXES
from ..errors import ParameterError
from ..training.calibration import BINS
from ..training.condition_figures import condition_table
from ..training.conditions import CONDITIONS, Wanted, conditions_from
from ..training.evaluation import Evaluation, Fold
from ..training.folds import Folds
from ..training.given_test import beside_test_set
from ..training.measured import measured_card
from ..training.plots import plot_conditions, plot_confusion
from ..training.recipe import Recipe
from ..training.reliability_plot import plot_reliability
from ..training.report import classification_report, confusion_table
from ..urls import as_path
from ._cluster import add_cluster, client_of
from ._cross import run_cross, wanted_folds
from ._examples import Reading, add_arguments, read_recipe
from ._json import add_json, print_json
from ._output import check_outputs, check_plot, finish, keep, writing

__all__ = ["add_parser"]

_EPILOG = """\
Leave one speaker out, if --folds says nothing else: for every speaker a classifier is trained on
all others (what it chooses and scales, it does by those others alone) and predicts that speaker's
recordings, each by itself. The report is of all predictions pooled: UAR is the mean recall of the
classes, weighted F1 the mean F1 by their numbers; the intervals say how far these would move with
other speakers (a bootstrap over speakers).

With --test the model is trained on all of FOLDER and predicts that set alone; a speaker in both is
refused. With --cross, every corpus's model predicts every other corpus, and its own as above.

With --conditions the same models predict these recordings also in noise, in rooms, on the telephone
and so on (docs/robustness.md); kinds of alteration that the training never saw are marked.

A recording that can't be used is reported and left out, and the exit status is then 1; silent and
very short ones are named. Speakers, classes and options are checked before any is read.

examples:
  serfast evaluate emodb/wav --plot confusion.png
  serfast evaluate emodb/wav --plot-calibration calibration.png
  serfast evaluate train.csv --test test.csv
  serfast evaluate emodb/wav ravdess/ --cross --plot cross.png -o cross.json
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
    add_arguments(parser, several=True)
    _add_what_is_asked(parser)
    _add_pictures(parser)
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


def _add_what_is_asked(parser: argparse.ArgumentParser) -> None:
    """Which recordings are asked about, and under which conditions."""
    parser.add_argument(
        "--folds",
        metavar="HOW",
        help="what is left out: speakers (each once), a number of groups of speakers, texts (each "
        "once; of known voices), texts:NUMBER (groups of them), given (each fold that a table's "
        "column fold names), given:NAME (that one alone, such as a test set) (default: speakers, "
        "or texts if there is one speaker alone)",
    )
    parser.add_argument(
        "--test",
        type=as_path,
        metavar="FOLDER",
        help="a test set, folder or table: trained on FOLDER, asked about this; no speaker is in "
        "both",
    )
    parser.add_argument(
        "--cross",
        action="store_true",
        help="several FOLDERs: trained on each, asked about each, in the classes in common; --plot "
        "draws the recalls",
    )
    parser.add_argument(
        "--conditions",
        nargs="*",
        metavar="NAME=NUMBER[,…]",
        help="measure also on recordings altered so, as --alter has it; without any: on a list of "
        f"{len(CONDITIONS)} conditions",
    )


def _add_pictures(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--plot", type=Path, metavar="PNG", help="confusion matrix as a picture (.png, .svg, .pdf)"
    )
    parser.add_argument(
        "--plot-conditions",
        type=Path,
        metavar="PNG",
        help="recall under conditions as a picture; means --conditions if they aren't given",
    )
    parser.add_argument(
        "--plot-calibration",
        type=Path,
        metavar="PNG",
        help="how often answers are right, by the probability that they state, as a picture",
    )


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and report; exit status 1 if a recording or folder couldn't be read."""
    plots = [arguments.plot, arguments.plot_conditions, arguments.plot_calibration]
    check_outputs([*plots, arguments.output], arguments.force)
    for plot in plots:
        check_plot(plot)
    recipe = read_recipe(arguments)
    wanted = _wanted(arguments)
    conditions_from(wanted, ())  # a wrong one is refused before the folder is searched
    if arguments.cross:
        return run_cross(arguments, recipe)
    if len(arguments.folder) > 1:
        raise ParameterError(f"FOLDER must be one without --cross, got {len(arguments.folder)}")
    reading, folds = _reading(arguments)
    with client_of(arguments) as client, reading.progress() as bar:
        evaluation = recipe.evaluate(
            reading.recordings,
            folds,
            conditions=wanted,
            folder=arguments.run_folder,
            threads=arguments.threads,
            progress=reading.step,
            tell=bar.at,
            fold_done=lambda fold: bar.write(_line(folds.left_out, fold)),
            failed=reading.failed,
            client=client,
        )
    finish(
        lambda: _write_figures(arguments, evaluation, recipe),
        lambda: _draw(arguments, evaluation),
        lambda: _draw_conditions(arguments, evaluation),
        lambda: _draw_calibration(arguments, evaluation),
        lambda: _show(arguments, evaluation, recipe, reading),
    )
    return 1 if reading.n_failed else 0


def _reading(arguments: argparse.Namespace) -> tuple[Reading, Folds]:
    """Find the recordings, and give the folds that are asked for, or that they usually get."""
    if arguments.test is None:
        reading = Reading(arguments, arguments.folder[0])
        return reading, wanted_folds(arguments.folds)(reading.recordings)
    if arguments.folds is not None:
        raise ParameterError(f"--folds must be given without --test, got {arguments.folds}")
    if Path(arguments.labels).suffix.lower() in TABLE_SUFFIXES:
        rule = "--labels must be no table with --test (FOLDER and --test may be tables)"
        raise ParameterError(f"{rule}, got {arguments.labels}")
    reading, test = (Reading(arguments, path) for path in (arguments.folder[0], arguments.test))
    reading.recordings, folds = beside_test_set(reading.recordings, test.recordings)
    reading.n_failed += test.n_failed
    return reading, folds


def _show(
    arguments: argparse.Namespace, evaluation: Evaluation, recipe: Recipe, reading: Reading
) -> None:
    if arguments.json:
        print_json({**measured_card(evaluation, recipe), "failed": reading.n_failed})
        return
    card = evaluation.card()
    intervals = evaluation.intervals() if "intervals" in card else None
    print(*confusion_table(evaluation.matrix, evaluation.classes), "", sep="\n")
    print(classification_report(evaluation.matrix, evaluation.classes, intervals))
    if intervals:
        print(f"  (bootstrap over {card['intervals']['over']})")
    errors = f"{evaluation.expected_calibration_error:.3f}"
    figures = [one.figures for one in evaluation.conditions]
    if figures:
        print("", *condition_table(figures), sep="\n")
        errors += f" clean, {evaluation.mixed_calibration_error:.3f} all together"
    print(f"calibration error (ECE, {BINS} bins): {errors}", flush=True)
    if evaluation.sharpness is not None:
        print(f"probabilities sharpened by {evaluation.sharpness:.3f}", flush=True)
    if evaluation.certain_above is not None:
        print(_certain(card["certain"]), flush=True)
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


def _draw_calibration(arguments: argparse.Namespace, evaluation: Evaluation) -> None:
    if arguments.plot_calibration:
        with writing(arguments.plot_calibration, arguments.force) as path:
            plot_reliability(evaluation.reliability, path)


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
