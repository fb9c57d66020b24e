"""How well the shipped models recognise under conditions: the table of docs/robustness.md.

Nothing is measured here. The figures are those of `serfast evaluate --conditions -o measured.json`
in each plugin's folder, which its bundle's card has too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from serfast.training.condition_figures import UNSEEN, ConditionFigures, figures_in
from serfast.training.conditions import CONDITIONS, Condition

from . import ROOT
from .tables import markdown

__all__ = ["MODELS", "conditions", "table"]

MODELS: Mapping[str, str] = {
    "SVM": "serfast-svm",
    "Whisper": "serfast-whisper",
    "network": "serfast-onnx",
}
"""The models with the names that the table has for them, and the plugins that they come with."""

Figures = Mapping[str, ConditionFigures]


def table(root: Path = ROOT) -> str:
    """Give the tables of all models that were measured under conditions, or say that none was.

    One has the recalls with their intervals; the other one says how well probabilities are
    calibrated, and how many answers are certain, and right.
    """
    models = {name: _figures(root / "plugins" / plugin) for name, plugin in MODELS.items()}
    measured = {name: figures for name, figures in models.items() if figures}
    if not measured:
        return "No model was measured under conditions yet."
    recalls = _table(measured, _recall, ("UAR %", "interval"))
    doubts = _table(measured, _doubt, ("ECE", "certain %", "right of these %"))
    mark = f"{UNSEEN}: the training saw no alteration of this kind."
    return f"{recalls}\n\n{mark}\n\n{doubts}"


def _table(
    measured: Mapping[str, Figures],
    cells: Callable[[ConditionFigures], list[str]],
    titles: Sequence[str],
) -> str:
    """Give a table with a line for each condition, and the columns of each model."""
    conditions = dict.fromkeys(name for figures in measured.values() for name in figures)
    header = ["condition"]
    for name in measured:
        header += [f"{name}: {titles[0]}", *titles[1:]]
    rows = []
    for condition in conditions:
        row = [condition]
        for figures in measured.values():
            one = figures.get(condition)
            row += [""] * len(titles) if one is None else cells(one)
        rows.append(row)
    return markdown(header, rows, text=1)


def conditions() -> str:
    """Give the table of the conditions that are measured by default."""
    listed = [Condition.from_text(text) for text in CONDITIONS]
    rows = []
    for group in dict.fromkeys(condition.group for condition in listed):
        names = [f"{one.name} (`{one.text}`)" for one in listed if one.group == group]
        rows.append([group, "; ".join(names)])
    return markdown(["group", "conditions"], rows)


def _figures(folder: Path) -> Figures:
    path = folder / "measured.json"
    if not path.exists():
        return {}
    return {one.name: one for one in figures_in(json.loads(path.read_text("utf-8")))}


def _recall(one: ConditionFigures) -> list[str]:
    low, high = one.interval or (one.uar, one.uar)
    mark = "" if one.trained else f" {UNSEEN}"
    return [f"{100 * one.uar:.1f}{mark}", f"{100 * low:.0f} to {100 * high:.0f}"]


def _doubt(one: ConditionFigures) -> list[str]:
    """Give the cells of what a model says of its answers; shares are missing if it says nothing."""
    shares = (one.kept, one.right_of_kept)
    return [f"{one.ece:.3f}", *("" if s is None else f"{100 * s:.0f}" for s in shares)]
