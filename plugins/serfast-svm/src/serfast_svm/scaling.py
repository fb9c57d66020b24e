"""Scaling of the inputs: each entry counts the more, the more it depends on the class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from serfast.errors import ParameterError

__all__ = ["Scaling"]

Array = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class Scaling:
    """The mean of every entry, and the factor by which its distance from the mean is multiplied.

    The factor is the root of the share that differences between the classes have in the entry's
    variance (the correlation ratio of Fisher, 1925), over its standard deviation. An entry that
    noise or a room changes as much as an emotion does so counts little. Scaled inputs have a mean
    squared length of 1; an entry that is constant has the factor 0.
    """

    mean: Array
    deviation: Array
    factor: Array

    @classmethod
    def fit(cls, x: np.ndarray[Any, Any], codes: Codes) -> Scaling:
        """Fit the scaling to examples (n, d) of the classes with these numbers.

        Raises
        ------
        ParameterError
            If an input isn't finite, or is too large for its square, or no entry varies.
        """
        with np.errstate(over="ignore", invalid="ignore"):  # refused below
            mean, deviation = x.mean(axis=0, dtype=np.float64), x.std(axis=0, dtype=np.float64)
        _check_finite(deviation)
        varies = deviation > 1e-9 * np.maximum(np.abs(mean), 1e-9)
        if not varies.any():
            raise ParameterError("inputs must vary from example to example, got constant ones")
        centres = np.stack([x[codes == k].mean(axis=0, dtype=np.float64) for k in np.unique(codes)])
        safe = np.where(varies, deviation, 1)
        importance = np.where(varies, centres.std(axis=0) / safe, 0)
        length = np.sqrt(np.square(importance).sum())
        if not length:
            importance, length = varies.astype(np.float64), np.sqrt(np.count_nonzero(varies))
        return cls(mean, deviation, importance / (safe * length))

    def __call__(self, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Give `x`, of shape (n, d), scaled, as float32."""
        z = np.empty(x.shape, np.float32)
        for row, scaled in zip(x, z, strict=True):  # no second matrix of float64
            scaled[:] = (row - self.mean) * self.factor
        return z


def _check_finite(deviation: Array) -> None:
    wrong = np.flatnonzero(~np.isfinite(deviation))
    if len(wrong):
        raise ParameterError(
            "inputs must be finite numbers with finite squares, got a deviation of "
            f"{deviation[wrong[0]]} in entry {wrong[0]}"
        )
