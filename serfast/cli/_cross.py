"""`serfast evaluate A B C --cross`: corpora against each other."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..corpora.messages import printable
from ..corpora.recordings import Recording
from ..errors import ParameterError
from ..training.cross import CrossEvaluation, classes_in_common, cross_evaluate
from ..training.cross_plot import plot_cross
from ..training.evaluation import Evaluation
from ..training.folds import Folds
from ..training.measured import setup_of
from ..training.recipe import Recipe
from ..training.report import interval_text
from ..training.wanted_folds import default_folds, folds_from
from ._cluster import client_of
from ._examples import Reading
from ._json import print_json
from ._output import finish, keep, writing
from ._progress import Progress
from ._warnings import shown_once

__all__ = ["run_cross", "wanted_folds"]

WITHOUT = ("test", "conditions", "plot_conditions", "plot_calibration")
"""These arguments are of one corpus."""


def wanted_folds(text: str | None) -> Callable[[Sequence[Recording]], Folds]:
    """Give what makes the folds that are asked for, or else those that recordings usually get."""
    return default_folds if text is None else lambda recordings: folds_from(text, recordings)


def run_cross(arguments: argparse.Namespace, recipe: Recipe) -> int:
    """Evaluate and report; exit status 1 if a recording or folder couldn't be read."""
    given = [name for name in WITHOUT if getattr(arguments, name) not in (None, False)]
    if given:
        name = given[0].replace("_", "-")
        raise ParameterError(f"--{name} must be given without --cross")
    if len(arguments.folder) < 2:
        raise ParameterError("FOLDER must be at least 2 with --cross, got 1")
    readings = _named([Reading(arguments, folder) for folder in arguments.folder])
    corpora = {name: reading.recordings for name, reading in readings.items()}
    classes = classes_in_common(corpora)
    n = sum(one.label in classes for some in corpora.values() for one in some)
    every = list(readings.values())
    with (
        client_of(arguments) as client,
        Progress(n, command="serfast evaluate") as bar,
        shown_once(bar.write),
    ):
        for reading in every:
            reading.report_to(bar)
        result = cross_evaluate(
            recipe,
            corpora,
            folds_for=wanted_folds(arguments.folds),
            folder=arguments.run_folder,
            threads=arguments.threads,
            progress=bar.step_path,
            tell=bar.at,
            cell_done=lambda train, test, cell: bar.write(_line(train, test, cell)),
            failed=every[0].failed,
            client=client,
        )
    n_failed = sum(reading.n_failed for reading in every)
    card = {**result.card(), "setup": setup_of(recipe)}
    finish(
        lambda: _write(arguments, card),
        lambda: _draw(arguments, result),
        lambda: print_json({**card, "failed": n_failed}) if arguments.json else _show(result),
    )
    return 1 if n_failed else 0


def _named(readings: Sequence[Reading]) -> dict[str, Reading]:
    """Give each corpus a name: its own if it is known, or else that of its folder or table."""
    names = [reading.corpus or _name_of(reading.folder) for reading in readings]
    if len(set(names)) < len(names):  # the same corpus twice, or folders of the same name
        names = [str(reading.folder) for reading in readings]
    if len(set(names)) < len(names):
        raise ParameterError(f"FOLDER must be different ones with --cross, got {names}")
    return dict(zip(map(printable, names), readings, strict=True))


def _name_of(folder: Path) -> str:
    whole = folder.absolute()
    return whole.stem if whole.is_file() else whole.name


def _line(train: str, test: str, cell: Evaluation) -> str:
    whose = "its own speakers, left out" if train == test else f"asked about {test}"
    n = int(cell.matrix.sum())
    return f"trained on {train}, {whose}: UAR {100 * cell.uar:.1f} %, {n} recordings"


def _write(arguments: argparse.Namespace, card: dict[str, Any]) -> None:
    if arguments.output:
        keep(arguments.output, f"{json.dumps(card, indent=1)}\n".encode(), arguments.force)


def _draw(arguments: argparse.Namespace, result: CrossEvaluation) -> None:
    if arguments.plot:
        intervals = [
            [_interval(result.cells[train, test]) for test in result.corpora]
            for train in result.corpora
        ]
        with writing(arguments.plot, arguments.force) as path:
            plot_cross(
                result.corpora,
                result.uar,
                path,
                intervals=intervals,
                chance=1 / len(result.classes),
            )


def _interval(cell: Evaluation) -> tuple[float, float] | None:
    """Give the interval of a cell's recall, if there is anything to draw from."""
    return cell.uar_interval() if "intervals" in cell.card() else None


def _show(result: CrossEvaluation) -> None:
    print(f"classes in common: {', '.join(map(printable, result.classes))}")
    for name, some in result.left_out.items():
        if some:
            print(f"left out of {name}: {', '.join(map(printable, some))}")
    corner = "UAR %, trained on / asked about"
    rows = [[corner, *result.corpora]]
    for train in result.corpora:
        cells = [result.cells[train, test] for test in result.corpora]
        rows.append([train, *map(_cell, cells)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    print()
    for first, *others in rows:
        cells_text = map(str.rjust, others, widths[1:])
        print("  ".join([first.ljust(widths[0]), *cells_text]))
    print("(diagonal: its own speakers, left out; 95 % intervals by a bootstrap over speakers)")


def _cell(cell: Evaluation) -> str:
    interval = interval_text(_interval(cell))
    return f"{100 * cell.uar:.1f}" + (f" ({interval})" if interval else "")
