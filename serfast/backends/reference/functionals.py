"""Formulas of the functionals: what one number says about a series.

Each takes a :class:`Series` and gives one number a series, finite within float32's range. A series
that varies by less than float32 can resolve counts as constant: rounding has no shape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from ...features.delta import delta_weights
from ...program.vector import RESOLUTION, Functional

__all__ = ["FORMULAS", "Series", "delta", "evaluate"]

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

LEAST = float(np.finfo(np.float32).tiny)
"""Below it float32 loses digits; and of far smaller deviations the powers would underflow."""


class once:
    """A property that is computed when it is first asked for, and then kept in the instance.

    functools.cached_property has a lock before Python 3.12, in which a child of os.fork() would
    wait for a thread that it doesn't have.
    """

    def __init__(self, function: Callable[[Any], Array]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: Any, owner: type[Any]) -> Array:
        if instance is None:
            return self  # type: ignore[return-value]
        value = instance.__dict__[self._function.__name__] = self._function(instance)
        return value


class Series:
    """Some series of equal length, and what several functionals share.

    Parameters
    ----------
    values : ndarray of float64, shape (n_series, n_points)
        n_points >= 1.
    """

    def __init__(self, values: Array) -> None:
        self.values = np.ascontiguousarray(values)

    @once
    def sorted(self) -> Array:
        """Each series' values in order."""
        return np.sort(self.values, axis=-1)

    @once
    def mean(self) -> Array:
        """Each series' mean."""
        return np.asarray(self.values.mean(axis=-1))

    @once
    def _centred(self) -> Array:
        return self.values - self.mean[:, None]

    @once
    def deviation(self) -> Array:
        """Each series' standard deviation."""
        return np.sqrt(_mean_product(self._centred, self._centred))

    @once
    def scale(self) -> Array:
        """The same; 1 for a constant series."""
        largest = np.maximum(self.sorted[:, -1], -self.sorted[:, 0]).clip(min=LEAST)
        return np.where(self.deviation > RESOLUTION * largest, self.deviation, 1.0)

    @once
    def centred(self) -> Array:
        """Each series less its mean; a constant one is 0."""
        centred = self._centred
        centred[self.scale != self.deviation] = 0.0
        return centred

    @once
    def squared(self) -> Array:
        """The square of `centred`, many times faster than a power."""
        return self.centred * self.centred

    def quantile(self, percent: int) -> Array:
        """Find the value below which so many percent lie, interpolated linearly."""
        place = percent / 100 * (self.values.shape[-1] - 1)
        low = int(place)
        high = min(low + 1, self.values.shape[-1] - 1)
        below, above = self.sorted[:, low], self.sorted[:, high]
        return np.asarray(below + (above - below) * (place - low))

    def coefficient(self, basis: Array) -> Array:
        """Least-squares coefficient of a function of time; 0 where there are too few points."""
        basis = basis - basis.mean()
        energy = basis @ basis
        if energy < RESOLUTION:
            return np.zeros(len(self.values))
        return np.asarray(self.values @ basis / energy)

    def autocorrelation(self, lag: int) -> Array:
        """Correlation coefficient with the series `lag` points later, over all points."""
        c, n = self.centred, self.values.shape[-1]
        lag = min(lag, n)
        return _mean_product(c[:, : n - lag], c[:, lag:], n) / self.scale**2

    @property
    def time(self) -> Array:
        """From -1 at the first point to 1 at the last."""
        return np.linspace(-1, 1, self.values.shape[-1])


def _mean_product(x: Array, y: Array, n: int | None = None) -> Array:
    """Sum of x * y over the points, divided by n; by default their number."""
    return np.asarray(np.einsum("st,st->s", x, y) / (n or x.shape[-1]))


def _crossings(s: Series) -> Array:
    above = s.centred > 0
    steps = max(above.shape[-1] - 1, 1)
    return np.asarray(np.count_nonzero(above[:, 1:] != above[:, :-1], axis=-1) / steps)


FORMULAS: dict[str, Callable[[Series, int, int], Array]] = {
    "mean": lambda s, a, b: s.mean,
    "std": lambda s, a, b: s.deviation,
    "skewness": lambda s, a, b: _mean_product(s.squared, s.centred) / s.scale**3,
    "kurtosis": lambda s, a, b: _mean_product(s.squared, s.squared) / s.scale**4,
    "quantile": lambda s, a, b: s.quantile(a),
    "spread": lambda s, a, b: s.quantile(b) - s.quantile(a),
    "slope": lambda s, a, b: s.coefficient(np.arange(float(s.values.shape[-1]))),
    "trend": lambda s, a, b: s.coefficient(s.time),
    "curvature": lambda s, a, b: s.coefficient(s.time**2),
    "crossings": lambda s, a, b: _crossings(s),
    "argmax": lambda s, a, b: s.values.argmax(axis=-1) / s.values.shape[-1],
    "argmin": lambda s, a, b: s.values.argmin(axis=-1) / s.values.shape[-1],
    "autocorrelation": lambda s, a, b: s.autocorrelation(a),
}
"""The formula of each kind of :data:`serfast.program.vector.KINDS`."""


def evaluate(functionals: tuple[Functional, ...], values: Array) -> Array:
    """Evaluate functionals of each series.

    Parameters
    ----------
    functionals : tuple of Functional
    values : ndarray of float64, shape (n_series, n_points)

    Returns
    -------
    ndarray of float64, shape (n_series, len(functionals))
    """
    series = Series(values)
    return np.stack([FORMULAS[f.kind](series, f.a, f.b) for f in functionals], axis=-1)


def delta(x: Array, order: int = 1, width: int = 9) -> Array:
    """Differentiate each series, smoothed over `width` points.

    In every window of `width` points a polynomial of degree `order` is fitted, and its derivative
    of that order, a constant, is the middle point's value (Savitzky and Golay, Anal. Chem. 36
    (1964), 1627-1639). The first and last ``width // 2`` points take that of the nearest window.

    Parameters
    ----------
    x : ndarray of float64, shape (n_series, n_points)
    order : int
        Of the derivative, >= 1.
    width : int
        Points in a window, odd, > order. Shorter series get the widest window that fits, and
        zeros if that can't hold the polynomial.

    Returns
    -------
    ndarray of float64, shape (n_series, n_points)
        Units of `x` per point^order. Equal to ``librosa.feature.delta(x)`` where that is defined
        (n_points >= width).

    Examples
    --------
    >>> delta(np.array([[0.0, 1.0, 2.0, 3.0]]), width=3).round(12).tolist()
    [[1.0, 1.0, 1.0, 1.0]]
    """
    n = x.shape[-1]
    width = min(width, n - 1 + n % 2)
    if width <= order:
        return np.zeros_like(x)
    half = width // 2
    inner = np.zeros((len(x), n - 2 * half))
    for i, weight in enumerate(delta_weights(width, order)):
        inner += weight * x[:, i : n - 2 * half + i]
    return np.pad(inner, [(0, 0), (half, half)], mode="edge")
