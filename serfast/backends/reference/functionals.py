"""These are the formulas of the functionals, each of which turns a series into one number.

Each formula takes a :class:`Series` and gives one number for each series, finite for values within
float32's range. If a series varies by less than float32 can resolve, it counts as constant, because
the shape of rounding errors means nothing.
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
"""Below this value float32 loses digits, and powers of far smaller deviations would underflow."""


class once:
    """It is a property that is computed when it is first asked for, and then kept.

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
    """It holds some series of equal length, and the results that several functionals share.

    Parameters
    ----------
    values : ndarray of float64, shape (n_series, n_points)
        n_points >= 1.
    """

    def __init__(self, values: Array) -> None:
        self.values = np.ascontiguousarray(values)

    @once
    def sorted(self) -> Array:
        """Give each series' values in rising order."""
        return np.sort(self.values, axis=-1)

    @once
    def mean(self) -> Array:
        """Give each series' mean."""
        return np.asarray(self.values.mean(axis=-1))

    @once
    def _centred(self) -> Array:
        return self.values - self.mean[:, None]

    @once
    def deviation(self) -> Array:
        """Give each series' standard deviation."""
        return np.sqrt(_mean_product(self._centred, self._centred))

    @once
    def scale(self) -> Array:
        """Give each series' standard deviation as a divisor, which is 1 for a constant series."""
        largest = np.maximum(self.sorted[:, -1], -self.sorted[:, 0]).clip(min=LEAST)
        return np.where(self.deviation > RESOLUTION * largest, self.deviation, 1.0)

    @once
    def centred(self) -> Array:
        """Give each series minus its mean; a constant series becomes 0."""
        centred = self._centred
        centred[self.scale != self.deviation] = 0.0
        return centred

    @once
    def squared(self) -> Array:
        """Give the square of `centred`; a product is many times faster than a power."""
        return self.centred * self.centred

    def quantile(self, percent: int) -> Array:
        """Give the value below which `percent` of the points lie, interpolated linearly."""
        place = percent / 100 * (self.values.shape[-1] - 1)
        low = int(place)
        high = min(low + 1, self.values.shape[-1] - 1)
        below, above = self.sorted[:, low], self.sorted[:, high]
        return np.asarray(below + (above - below) * (place - low))

    def coefficient(self, basis: Array) -> Array:
        """Give the least-squares coefficient of a function of time, or 0 for too few points."""
        basis = basis - basis.mean()
        energy = basis @ basis
        if energy < RESOLUTION:
            return np.zeros(len(self.values))
        return np.asarray(self.values @ basis / energy)

    def autocorrelation(self, lag: int) -> Array:
        """Give the correlation coefficient with the series `lag` points later, over all points."""
        c, n = self.centred, self.values.shape[-1]
        lag = min(lag, n)
        return _mean_product(c[:, : n - lag], c[:, lag:], n) / self.scale**2

    @property
    def time(self) -> Array:
        """Give the time of each point, from -1 at the first one to 1 at the last."""
        return np.linspace(-1, 1, self.values.shape[-1])


def _mean_product(x: Array, y: Array, n: int | None = None) -> Array:
    """Give the sum of x * y over the points, divided by n (by default the number of points)."""
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
"""It has the formula of each kind in :data:`serfast.program.vector.KINDS`."""


def evaluate(functionals: tuple[Functional, ...], values: Array) -> Array:
    """Give the functionals of each series.

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
    """Give the derivative of each series, smoothed over `width` points.

    A polynomial of degree `order` is fitted to every window of `width` points. Its derivative of
    that order, which is a constant, is the value at the middle point (Savitzky and Golay, Anal.
    Chem. 36 (1964), 1627-1639). The first and last ``width // 2`` points get the value of the
    nearest window.

    Parameters
    ----------
    x : ndarray of float64, shape (n_series, n_points)
    order : int
        This is the order of the derivative, >= 1.
    width : int
        A window has this many points, odd, > order. Shorter series get the widest window that
        fits, and zeros if the polynomial doesn't fit into that.

    Returns
    -------
    ndarray of float64, shape (n_series, n_points)
        It is in units of `x` per point^order, and equals ``librosa.feature.delta(x)`` where that is
        defined (n_points >= width).

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
