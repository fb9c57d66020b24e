"""How far an input is from those that the machine was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["FARTHEST", "Typical"]

Array = np.ndarray[Any, np.dtype[np.float64]]

FARTHEST = 5.0
"""No entry counts as more deviations than this from its mean: one odd entry alone says little."""


@dataclass(frozen=True, eq=False)
class Typical:
    """What the entries of a vector were like in training.

    Parameters
    ----------
    mean, deviation : ndarray of float64, shape (d,)
        Of each entry; an entry with the deviation 0 isn't looked at.
    limit : float
        The distance above which an input is unlike those of training, > 0.
    """

    mean: Array
    deviation: Array
    limit: float

    def __post_init__(self) -> None:
        for array in (self.mean, self.deviation):
            array.flags.writeable = False

    def strangeness(self, vector: Array) -> float:
        """Mean distance of the entries from their means, in deviations, as a share of the limit."""
        used = self.deviation > 0
        with np.errstate(over="ignore"):
            z = np.abs(vector[used] - self.mean[used]) / self.deviation[used]
        return float(np.minimum(z, FARTHEST).mean() / self.limit) if z.size else 0.0
