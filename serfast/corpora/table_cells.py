"""What the cells of a table of labels mean: texts, ratings, times; a column at a time."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from .. import _checks as checks
from ..errors import ParameterError
from .recordings import check_text, check_times

__all__ = ["NUMBERS", "CellTexts", "check_parts", "rating"]

MOST_TEXTS = 65536
"""So many different texts are kept to be shared: labels, speakers and sentences are few."""

_TIME = re.compile(r"(?:(\d+) days? )?(\d+):(\d\d):(\d\d(?:\.\d+)?)")


class CellTexts(dict[str, str]):
    """The texts of a column's cells, without spaces around them; equal ones are one object.

    Parameters
    ----------
    name : str
        What the column tells.
    is_checked : bool
        Its texts are the labels or speakers of models, and must be printable.
    may_be_empty : bool
    """

    def __init__(self, name: str, *, is_checked: bool = False, may_be_empty: bool = False) -> None:
        super().__init__()
        self._name, self._is_checked, self._may_be_empty = name, is_checked, may_be_empty

    def __missing__(self, cell: str) -> str:
        if len(self) == MOST_TEXTS:
            self.clear()
        text = self[cell] = self._checked(cell)
        return text

    def of_column(self, cells: Iterable[Any]) -> list[str]:
        """Give the cells' texts; "" for those that hold nothing.

        Raises
        ------
        ParameterError
            If one breaks the column's rules.
        """
        checked = self._checked
        return [self[cell] if type(cell) is str else checked(cell) for cell in cells]

    def _checked(self, cell: Any) -> str:
        if isinstance(cell, (list, dict, bytes)):  # as JSON and Parquet can have it
            raise ParameterError(f"{self._name} must be text or a number, got {checks.shown(cell)}")
        is_nothing = cell is None or cell != cell  # NaN stands where a number is missing
        text = "" if is_nothing else str(cell).strip()
        if not text and not self._may_be_empty:
            raise ParameterError(f"{self._name} is empty")
        if text and self._is_checked:
            check_text(self._name, text)
        return text


def _seconds_of(name: str, texts: Iterable[str]) -> list[float | None]:
    """Give times in seconds, which may be written as "0 days 00:00:01.5" too; None for none.

    Raises
    ------
    ParameterError
        If one is no number.
    """
    return [_seconds(name, text) if text else None for text in texts]


def check_parts(starts: Iterable[float | None], ends: Iterable[float | None]) -> None:
    """Check where parts begin and end.

    Raises
    ------
    ParameterError
        If a time is negative or not finite, or a part ends before it begins.
    """
    for start, end in zip(starts, ends, strict=True):
        if start is not None or end is not None:
            check_times(start, end)


def _ratings_of(name: str, texts: Iterable[str]) -> list[float | None]:
    """Give ratings as :func:`rating` does."""
    return [rating(name, text) for text in texts]


def _seconds(name: str, text: str) -> float | None:
    if ":" in text and (match := _TIME.fullmatch(text)):
        days, hours, minutes, seconds = match.groups()
        return ((int(days or 0) * 24 + int(hours)) * 60 + int(minutes)) * 60 + float(seconds)
    return None if text in ("NaT", "nan") else _number(name, text)


def rating(name: str, text: str | None) -> float | None:
    """Give a rating; None if there is none, and of NaN, which other programs write then.

    Raises
    ------
    ParameterError
        If it is no finite number.
    """
    if not text:
        return None
    value = _number(name, text)
    return None if math.isnan(value) else checks.number(name, value)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ParameterError(f"{name} must be a number, got {text!r:.40}") from None


NUMBERS: dict[str, Callable[[str, Iterable[str]], list[float | None]]] = {
    "start": _seconds_of,
    "end": _seconds_of,
    "arousal": _ratings_of,
    "valence": _ratings_of,
    "dominance": _ratings_of,
}
"""How the columns of numbers are read."""
