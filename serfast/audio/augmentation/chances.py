"""Values that are drawn for every copy: a number may be a range, and a range has a text form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from ... import _checks as checks

__all__ = ["Uniform", "Value", "check_value", "drawn", "read_value", "value_text"]


@dataclass(frozen=True)
class Uniform:
    """A number that is drawn anew for every copy, uniformly from `low` to `high`.

    It stands where an alteration takes a number. Its text form is ``low..high``.

    Raises
    ------
    ParameterError
        If one of them isn't a finite number, or `high` is below `low`.

    Examples
    --------
    >>> str(Uniform(10, 30))
    '10..30'
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        checks.number("low", self.low)
        checks.number("high", self.high, minimum=float(self.low))

    def __str__(self) -> str:
        return f"{_number_text(self.low)}..{_number_text(self.high)}"


Value: TypeAlias = float | Uniform
"""A number, or a range that a number is drawn from."""


def check_value(name: str, value: Value, minimum: float, maximum: float) -> None:
    """Check that a number, or each end of a range, is finite and within the bounds."""
    ends = (value.low, value.high) if isinstance(value, Uniform) else (value,)
    for end in ends:
        checks.number(name, end, minimum=minimum, maximum=maximum)


def drawn(value: Value, random: np.random.Generator) -> float:
    """Give the number itself, or one drawn from the range."""
    if isinstance(value, Uniform):
        return float(random.uniform(value.low, value.high))
    return value


def value_text(value: Value) -> str:
    """Give the shortest text that is read as the very same number or range."""
    return str(value) if isinstance(value, Uniform) else _number_text(value)


def read_value(text: str) -> Value:
    """Read a number or a range; what is neither is a ValueError.

    Examples
    --------
    >>> read_value("20"), read_value("-5..2.5")
    (20.0, Uniform(low=-5.0, high=2.5))
    """
    low, dots, high = text.partition("..")
    return Uniform(float(low), float(high)) if dots else float(text)


def _number_text(value: float) -> str:
    return repr(float(value)).removesuffix(".0")
