"""Tables with opensmile-python's index: file, start and end of each row."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import numpy as np

from ... import _checks as checks
from ...forking import forks_wait

__all__ = ["columns_of", "entries", "index_of", "pandas", "seconds", "table"]

SHORT, HOP = 0.020, 0.010


def pandas() -> Any:
    """Give the module pandas.

    Raises
    ------
    ImportError
        If it isn't installed; the message says what to do.
    """
    try:
        with forks_wait:
            import pandas as pd  # optional: tables of opensmile-python's kind
    except ImportError as error:
        raise ImportError(f"tables need pandas: pip install pandas ({error})") from error
    return pd


def seconds(argument: str, value: Any, rate: float) -> float | None:
    """Give a moment in seconds: from a number [s], a timedelta, or text such as "200ms".

    Text of digits alone is a number of samples, as in opensmile-python.
    """
    if value is None:
        return None
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value) / rate
    is_number = isinstance(value, (int, float, np.integer, np.floating))
    if is_number and not isinstance(value, (bool, np.timedelta64)):  # NumPy's is an integer, too
        return None if np.isnan(value) else checks.number(argument, float(value), minimum=0)
    pd = pandas()
    try:
        moment = pd.to_timedelta(value)
    except (TypeError, ValueError):
        moment = None
    if moment is not pd.NaT and not isinstance(moment, pd.Timedelta):  # also of a list
        checks.fail(argument, "seconds, a timedelta or text such as '200ms'", value)
    if moment is pd.NaT:
        return None
    return checks.number(argument, float(moment.total_seconds()), minimum=0)


def index_of(n_rows: int, start: float, end: float, whole: bool) -> tuple[Any, Any]:
    """Give start and end of each row [s].

    A row of functionals has the whole segment. One of descriptors is 20 ms long, and the last one
    ends with the segment.
    """
    if whole or n_rows < 2:
        return np.full(n_rows, start), np.full(n_rows, end)
    starts = start + HOP * np.arange(n_rows)
    ends = starts + SHORT
    ends[-1] = end
    return starts, ends


def entries(index: Any) -> list[tuple[Any, Any, Any]]:
    """Give file, start and end of each entry of an index of files, of segments, or of parts.

    A level that isn't there is None.

    Raises
    ------
    ParameterError
        If it has other levels than (file), (file, start, end) or (start, end).
    """
    if hasattr(index, "columns"):
        checks.refuse("index", "an index, which a table has as .index", type(index).__name__)
    names = list(getattr(index, "names", ()))
    if len(names) <= 1 and not isinstance(index, (str, bytes, os.PathLike)):
        try:
            return [(file, None, None) for file in index]
        except TypeError:
            checks.fail("index", "one of files, or of file, start and end", index)
    if names not in (["file", "start", "end"], ["start", "end"]):
        rule = "one of files, of file, start and end, or of start and end"
        checks.refuse("index", rule, checks.shown(names or index))
    levels = [list(index.get_level_values(name)) for name in names]
    if len(names) == 2:
        levels.insert(0, [None] * len(index))
    return list(zip(*levels, strict=True))


def _moments_level(moments: Any) -> tuple[Any, Any]:
    """Give the sorted values of moments [s] as pandas' timedeltas, and which one each is; NaN: -1.

    pandas' own way through categories takes longer than the features of a second.
    """
    missing = np.isnan(moments)
    rounded = np.round(np.where(missing, 0, moments) * 1e9).astype("timedelta64[ns]")
    codes = np.full(len(rounded), -1, dtype=np.intp)
    values, codes[~missing] = np.unique(rounded[~missing], return_inverse=True)
    return pandas().TimedeltaIndex(values), codes


@lru_cache(maxsize=32)
def _columns(names: tuple[str, ...]) -> Any:
    return pandas().Index(names)


def columns_of(names: Any) -> Any:
    """Give the index of these names, which is made once: a copy, whose own name may be changed."""
    return _columns(tuple(names)).copy()


def table(parts: list[tuple[Any, Any, Any, Any]], names: Any, *, of_files: bool = False) -> Any:
    """Give one table of parts: file (or None), starts, ends [s] and values of each.

    Without parts it has a level of files if it is one `of_files`.
    """
    pd = pandas()
    levels: list[tuple[Any, Any]] = []
    if parts[0][0] is not None if parts else of_files:
        files = np.array([str(part[0]) for part in parts], dtype=np.str_)
        each = np.repeat(files, np.array([len(part[3]) for part in parts], dtype=np.intp))
        named = pd.Categorical(each)
        levels.append((named.categories, named.codes))
    for place in (1, 2):
        moments = np.concatenate([part[place] for part in parts]) if parts else np.empty(0)
        levels.append(_moments_level(moments))
    nothing = np.empty((0, len(names)), np.float32)
    values = np.concatenate([part[3] for part in parts]) if parts else nothing
    index = pd.MultiIndex(
        levels=[level for level, _ in levels],
        codes=[codes for _, codes in levels],
        names=["file", "start", "end"][-len(levels) :],
        verify_integrity=False,  # they are what they must be
    )
    return pd.DataFrame(values, index=index, columns=names)
