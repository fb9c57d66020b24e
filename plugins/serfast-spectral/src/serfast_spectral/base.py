"""What the six features share: they look at the power spectrum, as serfast's mel features do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

import serfast
from serfast.errors import ParameterError

__all__ = ["PowerFeature", "Values", "check_least"]

Values: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, kw_only=True)
class PowerFeature(serfast.SpectrumFeature):
    """A feature of the power spectrum |X|²: one transform serves it and serfast's MFCC."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.power != 2:
            raise ParameterError(f"power must be 2.0, got {self.power}")


def check_least(amin: float) -> None:
    """Raise ParameterError unless `amin` is a float32 number > 0."""
    if not np.finfo(np.float32).tiny <= amin <= np.finfo(np.float32).max:
        raise ParameterError(f"amin must be a positive number of float32, got {amin}")
