"""What `serfast info MODEL` shows of how well a model did, as far as its card tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..corpora.messages import printable
from ..errors import ParameterError
from ..training.condition_figures import condition_table, figures_in
from ..training.metrics import class_scores
from ..training.report import interval_text

__all__ = ["Lines", "measured_lines", "text_of"]

Lines = list[tuple[str, str]]


def measured_lines(measured: Any) -> Lines:
    """Give the figures of an evaluation as names and texts, as far as they are ones.

    A card is a stranger's, and may hold anything.
    """
    if not isinstance(measured, dict):
        return [("measured", "no figures (see `serfast train --measured`)")]
    intervals = measured.get("intervals")
    if not isinstance(intervals, dict):
        intervals = {}
    pairs = [("measured", _shares(measured, intervals))]
    pairs.append(("", text_of(measured.get("protocol"))))
    if (over := text_of(intervals.get("over"))) and _interval(intervals.get("uar")):
        pairs.append(("", f"in brackets 95 % intervals, by a bootstrap over {over}"))
    pairs.append(("recall", _recalls(measured, intervals)))
    pairs.append(("calibration", _calibration(measured.get("calibration"))))
    return [*pairs, *_conditions(measured)]


def text_of(value: Any) -> str:
    """Write what a card holds on one line, and not too long."""
    return "" if value is None else printable(str(value))[:400]


def _shares(measured: Mapping[str, Any], intervals: Mapping[str, Any]) -> str:
    parts = []
    for key, name in (("uar", "UAR"), ("weighted_f1", "weighted F1")):
        share: Any = measured.get(key)
        if _is_share(share):
            interval = _interval(intervals.get(key))
            parts.append(f"{name} {100 * share:.1f} %{interval}")
    return ", ".join(parts)


def _recalls(measured: Mapping[str, Any], intervals: Mapping[str, Any]) -> str:
    classes, matrix = measured.get("classes"), measured.get("confusion_matrix")
    by_class = intervals.get("recall")
    if not isinstance(by_class, dict):
        by_class = {}
    try:
        recalls = class_scores(matrix).recall  # type: ignore[arg-type]
        pairs = list(zip(classes, recalls.tolist(), strict=True))  # type: ignore[arg-type]
    except (OverflowError, ParameterError, TypeError, ValueError):
        return ""
    return ", ".join(
        f"{text_of(name)} {100 * recall:.0f} %{_interval(by_class.get(str(name)))}"
        for name, recall in pairs
    )


def _calibration(calibration: Any) -> str:
    if not isinstance(calibration, dict) or not _is_share(error := calibration.get("clean")):
        return ""
    return f"error (ECE) {error:.3f}"


def _conditions(measured: dict[str, Any]) -> Lines:
    """Give the recall under conditions, a line for each, as far as the figures are ones."""
    try:
        table = condition_table(figures_in(measured), compact=True)
    except ParameterError:
        return []
    names = ["conditions", *([""] * len(table))]
    return list(zip(names, table, strict=False))


def _interval(value: Any) -> str:
    """Write an interval in brackets, if it is one."""
    if not isinstance(value, list) or len(value) != 2 or not all(map(_is_share, value)):
        return ""
    return f" ({interval_text((value[0], value[1]))})"


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value <= 1
