"""Here is how far an input is from those that a model was trained on, entry by entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import ModelError
from .bundle.bundle import Bundle

__all__ = ["FARTHEST", "TYPICAL", "UNLIKE", "Typical"]

Array = np.ndarray[Any, np.dtype[np.float64]]

FARTHEST = 5.0
"""No entry counts as more deviations than this from its mean: one odd entry alone says little."""

UNLIKE = 0.99
"""This share of the training's inputs, altered copies included, is nearer than the limit."""

TYPICAL = ("typical_mean", "typical_deviation", "strange_limit")
"""Arrays that say what inputs were like in training: a bundle has all of them or none."""


@dataclass(frozen=True, eq=False)
class Typical:
    """What the entries of a vector were like in training.

    A plugin's classifier gives `strangeness` as its own
    (:meth:`serfast.models.Doubting.strangeness`): of the vector that it takes, or of numbers that
    it makes of another input.

    Parameters
    ----------
    mean, deviation : ndarray of float64, shape (d,)
        Of each entry; an entry with the deviation 0 isn't looked at.
    limit : float
        The distance above which an input is unlike those of training, > 0.

    Examples
    --------
    >>> typical = Typical(np.array([0.0, 10.0]), np.array([1.0, 2.0]), limit=2.0)
    >>> typical.strangeness(np.array([1.0, 16.0]))  # one and three deviations: 2 on average
    1.0
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

    @classmethod
    def fit(cls, x: Iterable[np.ndarray[Any, Any]], mean: Array, deviation: Array) -> Typical:
        """Give what is typical of training inputs: 99 % of them are nearer than the limit.

        Parameters
        ----------
        x : iterable of ndarray, shape (d,)
            The training's inputs, one by one, or an array of shape (n, d).
        mean, deviation : ndarray of float, shape (d,)
            Of their entries. They are rounded to float32, as a bundle holds them, and the limit is
            for the rounded ones.
        """
        rounded = [a.astype(np.float32).astype(np.float64) for a in (mean, deviation)]
        by_one = cls(rounded[0], rounded[1], 1.0)
        limit = np.quantile([by_one.strangeness(row) for row in x], UNLIKE)
        return cls(rounded[0], rounded[1], max(float(limit), float(np.finfo(np.float32).tiny)))

    @classmethod
    def of_bundle(cls, bundle: Bundle, size: int) -> Typical | None:
        """Read the three arrays that :meth:`arrays` gave; None if the bundle has none of them.

        Raises
        ------
        ModelError
            If one is missing, has another shape than vectors of `size` entries need, or breaks its
            rule.
        """
        if not any(name in bundle.arrays for name in TYPICAL):
            return None
        mean, deviation = (bundle.array(name, (size,)) for name in TYPICAL[:2])
        limit = float(bundle.array(TYPICAL[2], ()))
        if limit <= 0 or deviation.min() < 0:
            raise ModelError(
                "strange_limit.npy must be > 0 and typical_deviation.npy >= 0, got "
                f"{limit} and {deviation.min()}"
            )
        return cls(mean, deviation, limit)

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Give the arrays that a bundle stores: float32, and the limit."""
        values = self.mean.astype(np.float32), self.deviation.astype(np.float32)
        return dict(zip(TYPICAL, (*values, np.array(self.limit)), strict=True))

    def of_entries(self, used: np.ndarray[Any, np.dtype[np.bool_]]) -> Typical:
        """Look at these entries alone."""
        return Typical(self.mean, np.where(used, self.deviation, 0), self.limit)

    def strangeness(self, vector: Array) -> float:
        """Mean distance of the entries from their means, in deviations, as a share of the limit."""
        with np.errstate(over="ignore", invalid="ignore"):
            z = np.abs((vector - self.mean) * self._scale)
        # A difference too large for a float is far, also if its NaN comes from a factor of 0.
        return float(np.fmin(z, FARTHEST).sum() * self._share)
