"""Tracks that give one column for each column of their feature share this base."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .. import _checks as checks
from .base import Feature
from .mel import LogMel, MelPower
from .track import Track

__all__ = ["ColumnTrack", "PowerTrack"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ColumnTrack(Track):
    """A column track changes each column of its feature and keeps its name behind a prefix.

    Parameters
    ----------
    feature : Feature
        The columns of this feature are changed.
    name : str or None
        The names of the columns begin with it; None is the class's `prefix`.
    """

    prefix: ClassVar[str]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(f"{self.name or self.prefix}_{column}" for column in self.feature.columns)

    @property
    def units(self) -> tuple[str, ...]:
        return (self.unit,) * len(self.columns) if self.unit else self.feature.units


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PowerTrack(ColumnTrack):
    """A power track is a column track of a spectrum that isn't logarithmic."""

    def _check_feature(self, name: str, value: Any) -> None:
        super()._check_feature(name, value)
        if isinstance(value, LogMel):
            checks.fail(name, "power that isn't logarithmic, such as MelPower()", value)

    @classmethod
    def example(cls) -> Feature:
        """Give that of a mel spectrum of power, for tests, benchmarks and pages."""
        return cls(MelPower())
