"""The figures of a model under conditions: as a card has them, and as a table to read."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import _checks as checks
from .conditions import checked_name

__all__ = ["UNSEEN", "ConditionFigures", "condition_table", "figures_in"]

UNSEEN = "†"
"""This mark stands behind the name of a condition that the training never saw."""


@dataclass(frozen=True, kw_only=True)
class ConditionFigures:
    """These are the figures under one condition; shares are from 0 to 1.

    Parameters
    ----------
    name, group : str
        They are those of the :class:`serfast.training.Condition`.
    alter : str or None
        This is the alteration's text, if there is one.
    trained : bool
        It says whether the training saw this kind of alteration.
    recordings : int
        So many recordings were predicted.
    uar : float
        This is the unweighted average recall over all of them.
    interval : (float, float) or None
        This is the 95 % interval of `uar` by a bootstrap over speakers; None of one speaker.
    recall : dict of str to float
        Each class has its recall.
    ece : float
        This is the expected calibration error.
    kept, right_of_kept : float or None
        These are the share of answers of which the model is certain, and how many of these are
        right, if the model says when it is certain.
    """

    name: str
    group: str
    alter: str | None
    trained: bool
    recordings: int
    uar: float
    interval: tuple[float, float] | None
    recall: Mapping[str, float]
    ece: float
    kept: float | None = None
    right_of_kept: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the figures as JSON can hold them, with four decimals."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        values["interval"] = self.interval and [round(share, 4) for share in self.interval]
        values["recall"] = {name: round(share, 4) for name, share in self.recall.items()}
        for name in ("uar", "ece", "kept", "right_of_kept"):
            if values[name] is None:
                del values[name]
            else:
                values[name] = round(values[name], 4)
        return values

    @classmethod
    def from_dict(cls, data: Any) -> ConditionFigures:
        """Give the figures that :meth:`to_dict` wrote.

        Raises
        ------
        ParameterError
            If they are anything else, since a card is a stranger's.
        """
        if not isinstance(data, Mapping):
            checks.fail("condition", "a mapping", data)
        fields = [field.name for field in dataclasses.fields(cls)]
        checks.known_keys("condition", data, fields)
        interval, recall, alter = data.get("interval"), data.get("recall"), data.get("alter")
        if not isinstance(recall, Mapping):
            checks.fail("recall", "a mapping of classes to numbers", recall)
        return cls(
            name=checked_name("name", data.get("name")),
            group=checked_name("group", data.get("group")),
            alter=None if alter is None else checked_name("alter", alter),
            trained=checks.boolean("trained", data.get("trained")),
            recordings=checks.integer("recordings", data.get("recordings")),
            uar=_share("uar", data.get("uar")),
            interval=None if interval is None else _interval(interval),
            recall={checked_name("class", k): _share("recall", v) for k, v in recall.items()},
            ece=_share("ece", data.get("ece")),
            kept=_share("kept", data["kept"]) if "kept" in data else None,
            right_of_kept=(
                _share("right_of_kept", data["right_of_kept"]) if "right_of_kept" in data else None
            ),
        )


def figures_in(measured: Mapping[str, Any]) -> tuple[ConditionFigures, ...]:
    """Give the figures under conditions in what :meth:`Evaluation.card` gave; () if none are there.

    Raises
    ------
    ParameterError
        If what stands there are no such figures.
    """
    listed = measured.get("conditions", ())
    if not isinstance(listed, list | tuple):
        checks.fail("conditions", "a list", listed)
    return tuple(map(ConditionFigures.from_dict, listed))


def condition_table(figures: Sequence[ConditionFigures], *, compact: bool = False) -> list[str]:
    """Give a table, as lines of text, with a line for each condition.

    Parameters
    ----------
    figures : sequence of ConditionFigures
        The first are those of the recordings as they are.
    compact : bool
        It leaves out all columns but the recall and its interval.

    Returns
    -------
    list of str
        A last line explains the mark of conditions that the training never saw, if there is one.
    """
    if not figures:
        return []
    rows = [
        [*_first_cells(one), *([] if compact else _more_cells(one, figures))] for one in figures
    ]
    header = ["", "UAR %", "interval", *([] if compact else ["to clean", "ECE"])]
    header += ["kept %", "right %"] if len(rows[0]) > len(header) else []
    widths = [max(len(row[k]) for row in [header, *rows]) for k in range(len(header))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
        for row in [header, *rows]
    ]
    unseen = not all(one.trained for one in figures)
    return [*lines, *([f"{UNSEEN} never trained on"] if unseen else [])]


def _first_cells(one: ConditionFigures) -> list[str]:
    mark = "" if one.trained else f" {UNSEEN}"
    interval = ""
    if one.interval:
        interval = f"{100 * one.interval[0]:.0f} to {100 * one.interval[1]:.0f}"
    return [f"{one.name}{mark}", f"{100 * one.uar:.1f}", interval]


def _more_cells(one: ConditionFigures, figures: Sequence[ConditionFigures]) -> list[str]:
    change = "" if one is figures[0] else f"{100 * (one.uar - figures[0].uar):+.1f}"
    cells = [change, f"{one.ece:.3f}"]
    if any(other.kept is not None for other in figures):
        for share in (one.kept, one.right_of_kept):
            cells.append("" if share is None else f"{100 * share:.0f}")
    return cells


def _interval(value: Any) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        checks.fail("interval", "two numbers or None", value)
    return _share("interval", value[0]), _share("interval", value[1])


def _share(name: str, value: Any) -> float:
    return checks.number(name, value, minimum=0, maximum=1)
