"""Scaling of the inputs: each entry counts the more, the more it depends on the class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from serfast.errors import ParameterError

__all__ = ["Scaling"]

Array = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.intp]]

ROWS = 256
"""So many inputs at a time are made float64: no second matrix of all of them."""


@dataclass(frozen=True)
class Scaling:
    """The mean of every entry, and the factor by which its distance from the mean is multiplied.

    The factor is the root of the share that differences between the classes have in the entry's
    variance (the correlation ratio of Fisher, 1925), over its standard deviation. An entry that
    noise or a room changes as much as an emotion does so counts little. Scaled inputs have a mean
    squared length of 1; an entry that is constant has the factor 0.

    The mean is a number of the inputs' type, so that a distance from it is exact where it is small.
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
        classes, places = np.unique(codes, return_inverse=True)
        with np.errstate(over="ignore", invalid="ignore"):  # refused below
            sums = _sums_by_class(x, places, len(classes))
            exact = sums.sum(axis=0) / len(x)
            mean = exact.astype(x.dtype).astype(np.float64)
            squares = sum(np.einsum("ij,ij->j", y, y) for _, y in _distances(x, mean))
            # The rounded mean is off by the same in all distances from it.
            deviation = np.sqrt(np.maximum(squares / len(x) - np.square(exact - mean), 0))
        _check_finite(deviation)
        varies = deviation > 1e-9 * np.maximum(np.abs(mean), 1e-9)
        if not varies.any():
            raise ParameterError("inputs must vary from example to example, got constant ones")
        centres = sums / np.bincount(places)[:, np.newaxis]
        safe = np.where(varies, deviation, 1)
        importance = np.where(varies, centres.std(axis=0) / safe, 0)
        length = np.sqrt(np.square(importance).sum())
        if not length:
            importance, length = varies.astype(np.float64), np.sqrt(np.count_nonzero(varies))
        return cls(mean, deviation, importance / (safe * length))

    def __call__(
        self, x: np.ndarray[Any, Any], out: np.ndarray[Any, Any] | None = None
    ) -> np.ndarray[Any, Any]:
        """Give `x`, of shape (n, d), scaled, as float32; in `out` if there is one."""
        z = np.empty(x.shape, np.float32) if out is None else out
        mean, factor = self.mean.astype(x.dtype), self.factor.astype(x.dtype)
        if x.dtype == z.dtype:
            np.subtract(x, mean, out=z)
            np.multiply(z, factor, out=z)
        else:
            np.multiply(x - mean, factor, out=z, casting="same_kind")
        return z


def _sums_by_class(x: np.ndarray[Any, Any], places: Codes, n_classes: int) -> Array:
    """Give the sum of the inputs of each class, of shape (n_classes, d)."""
    sums = np.zeros((n_classes, x.shape[1]))
    for part, y in _distances(x, None):
        sums += (places[part] == np.arange(n_classes)[:, np.newaxis]).astype(np.float64) @ y
    return sums


def _distances(x: np.ndarray[Any, Any], mean: Array | None) -> Iterator[tuple[slice, Array]]:
    """Give some inputs after the other in float64, as distances from the mean if there is one."""
    for k in range(0, len(x), ROWS):
        part = slice(k, k + ROWS)
        y = x[part].astype(np.float64)
        if mean is not None:
            y -= mean
        yield part, y


def _check_finite(deviation: Array) -> None:
    wrong = np.flatnonzero(~np.isfinite(deviation))
    if len(wrong):
        raise ParameterError(
            "inputs must be finite numbers with finite squares, got a deviation of "
            f"{deviation[wrong[0]]} in entry {wrong[0]}"
        )
