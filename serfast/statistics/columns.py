"""A name in an argument of statistics means a column, or a family of columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from functools import lru_cache
from typing import Any

from .. import _checks as checks

__all__ = ["places", "select", "text_tuple"]


def text_tuple(argument: str, value: Any) -> tuple[str, ...]:
    """Give a sequence of names as a tuple, or raise ParameterError."""
    unordered = (str, bytes, Mapping, Set)
    if isinstance(value, unordered) or not isinstance(value, Iterable):
        checks.fail(argument, "a sequence of names", value)
    names = tuple(value)
    if not all(isinstance(name, str) for name in names):
        checks.fail(argument, "a sequence of names", value)
    return tuple(map(str, names))  # NumPy's strings are of another type


@lru_cache(maxsize=256)
def select(columns: tuple[str, ...], names: tuple[str, ...]) -> tuple[int, ...]:
    """Give the indices of the columns that are named, or whose family (name without number) is."""
    there = places(columns)
    return tuple(sorted({i for name in names for i in there.get(name, ())}))


@lru_cache(maxsize=64)
def places(columns: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Give the indices of the columns that each name can mean; nobody may change the dictionary."""
    indices: dict[str, dict[int, None]] = {}
    for i, column in enumerate(columns):
        for name in (column, _family(column)):
            indices.setdefault(name, {})[i] = None
    return {name: tuple(places) for name, places in indices.items()}


def _family(column: str) -> str:
    stem, _, number = column.rpartition("_")
    return stem if number.isdigit() else column
