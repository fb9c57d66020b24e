"""How far an input is from those that the machine was trained on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["FARTHEST", "UNLIKE", "Typical", "distances"]

Array = np.ndarray[Any, np.dtype[np.float64]]

FARTHEST = 5.0
"""No entry counts as more deviations than this from its mean: one odd entry alone says little."""

UNLIKE = 0.99
"""This share of the training's inputs, altered copies included, is nearer than the limit."""


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
    _scale: Array = field(init=False, repr=False)
    """1 / deviation, or 0 for an entry that isn't looked at."""
    _share: float = field(init=False, repr=False)
    """What the sum over the entries is multiplied by."""

    def __post_init__(self) -> None:
        used = self.deviation > np.finfo(np.float64).tiny  # smaller ones have no inverse
        scale = np.divide(1.0, self.deviation, out=np.zeros(len(used)), where=used)
        for array in (self.mean, self.deviation, scale):
            array.flags.writeable = False
        object.__setattr__(self, "_scale", scale)
        object.__setattr__(self, "_share", 1 / (max(1, int(np.count_nonzero(used))) * self.limit))

    def strangeness(self, vector: Array) -> float:
        """Mean distance of the entries from their means, in deviations, as a share of the limit."""
        with np.errstate(over="ignore", invalid="ignore"):
            z = np.abs((vector - self.mean) * self._scale)
        # A difference too large for a float is far, also if its NaN comes from a factor of 0.
        return float(np.fmin(z, FARTHEST).sum() * self._share)


def distances(
    x: np.ndarray[Any, Any], mean: Array, deviation: Array
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give the strangeness of each of some inputs (n, d), for a limit of 1."""
    typical = Typical(mean, deviation, 1.0)
    return np.array([typical.strangeness(row) for row in x])
