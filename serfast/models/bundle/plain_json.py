"""JSON from strangers is read with bounds on its depth and its numbers, which must be finite."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

__all__ = ["MAX_DEPTH", "MAX_DIGITS", "read_json"]

MAX_DEPTH = 64
"""At most this many objects and lists may lie inside each other."""

MAX_DIGITS = 400
"""A number has at most this many characters: the largest float has 309 digits.

Reading an int takes a time that grows with the square of them.
"""


def read_json(data: bytes) -> Any:
    """Give the value in JSON text.

    Raises
    ------
    ValueError
        If it isn't JSON, is nested too deep, or holds NaN, infinity or a number that is too long.

    Examples
    --------
    >>> read_json(b'{"a": [1, 2.5]}')
    {'a': [1, 2.5]}
    """
    try:
        value = json.loads(data, parse_int=_int, parse_float=_float, parse_constant=_constant)
    except RecursionError as error:
        raise ValueError(f"it must be nested at most {MAX_DEPTH} deep") from error
    _check_depth(value)
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    if any(isinstance(one, (dict, list)) for one in level):
        raise ValueError(f"it must be nested at most {MAX_DEPTH} deep")


def _inside(outer: Any) -> list[Any]:
    if isinstance(outer, dict):
        return list(outer.values())
    return outer if isinstance(outer, list) else []


def _int(text: str) -> int:
    _check_length(text)
    return int(text)


def _float(text: str) -> float:
    _check_length(text)
    number = float(text)
    if not math.isfinite(number):
        _constant(text)
    return number


def _check_length(text: str) -> None:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number must have at most {MAX_DIGITS} digits, got {len(text)}")


def _constant(text: str) -> NoReturn:
    raise ValueError(f"numbers must be finite, got {text:.20}")
