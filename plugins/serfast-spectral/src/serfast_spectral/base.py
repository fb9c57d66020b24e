"""What the six features share: they look at the power spectrum, as serfast's mel features do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

import serfast
from serfast.errors import ParameterError

__all__ = ["FlooredFeature", "PowerFeature", "Values"]

Values: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, kw_only=True)
class PowerFeature(serfast.SpectrumFeature):
    """A feature of the power spectrum |X|²: one transform serves it and serfast's MFCC."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.power != 2:
            raise ParameterError(f"power must be 2.0, got {self.power}")


@dataclass(frozen=True, kw_only=True)
class FlooredFeature(PowerFeature):
    """One that counts power below `amin` as this much: silence is even.

    Raises
    ------
    ParameterError
        If `amin` isn't a normal float32 number > 0.
    """

    amin: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        if not np.finfo(np.float32).tiny <= self.amin <= np.finfo(np.float32).max:
            raise ParameterError(f"amin must be a positive number of float32, got {self.amin}")
