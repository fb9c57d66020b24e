"""How well the shipped models recognise under conditions: the table of docs/robustness.md.

Nothing is measured here. The figures are those of `serfast evaluate --conditions -o measured.json`
in each plugin's folder, which its bundle's card has too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from serfast.training.condition_figures import UNSEEN, ConditionFigures, figures_in
from serfast.training.conditions import CONDITIONS, Condition

from . import ROOT
from .tables import markdown

__all__ = ["MODELS", "conditions", "table"]

MODELS: Mapping[str, str] = {"SVM": "serfast-svm", "network": "serfast-onnx"}
"""The models with the names that the table has for them, and the plugins that they come with."""

Figures = Mapping[str, ConditionFigures]


def table(root: Path = ROOT) -> str:
    """Give the table of all models that were measured under conditions, or say that none was."""
    models = {name: _figures(root / "plugins" / plugin) for name, plugin in MODELS.items()}
    measured = {name: figures for name, figures in models.items() if figures}
    if not measured:
        return "No model was measured under conditions yet."
    conditions = dict.fromkeys(name for figures in measured.values() for name in figures)
    header = ["condition"]
    for name, figures in measured.items():
        header += [f"{name}: UAR %", *("interval", "ECE", "certain %", "right of these %")]
        header = header if _doubts(figures) else header[:-2]
    rows = [
        [condition, *(cell for figures in measured.values() for cell in _cells(figures, condition))]
        for condition in conditions
    ]
    mark = f"{UNSEEN}: the training saw no alteration of this kind."
    return f"{markdown(header, rows, text=1)}\n\n{mark}"


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


def _doubts(figures: Figures) -> bool:
    """Tell whether the model says of its answers whether they are certain."""
    return any(one.kept is not None for one in figures.values())


def _cells(figures: Figures, condition: str) -> list[str]:
    n_cells = 5 if _doubts(figures) else 3
    if (one := figures.get(condition)) is None:
        return [""] * n_cells
    low, high = one.interval
    mark = "" if one.trained else f" {UNSEEN}"
    cells = [f"{100 * one.uar:.1f}{mark}", f"{100 * low:.0f} to {100 * high:.0f}", f"{one.ece:.3f}"]
    shares = (one.kept, one.right_of_kept)
    cells += ["" if share is None else f"{100 * share:.0f}" for share in shares]
    return cells[:n_cells]
