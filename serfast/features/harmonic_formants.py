"""Formants from the harmonics alone: a model that high voices don't draw towards them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .computed import Values
from .formants import Formants, lags, write_lowest
from .linear_prediction import predictor
from .polynomial_roots import factors_of

__all__ = ["HarmonicFormants"]

MAX_HARMONICS = 128
"""A voice with more harmonics below the ceiling is modelled like noise."""

REACH = 0.4
"""A harmonic is the strongest bin within this share of F0 around its place."""

_FAINT, _LOUD, _FLOOR = 1e-20, 1e300, 1e-30
_EDGE = 50.0  # as in formants.py: no harmonic is looked for closer than this to the ceiling [Hz]
_STEPS = 5  # more steps change F1 and F2 of synthetic vowels by less than a percent
_WHITE, _STABLE = 1e-7, 1 - 1e-6


def harmonics(spectrum: Any, table: Any, bins: int, f0: float) -> Any:
    """Give the power of each harmonic and its place [bins], shape (2, n).

    Its place is the top of the parabola through the logarithms of three bins, which is exact for a
    tone under a Gaussian window. The table's first row has the weights of the bins; `f0` is in bins
    too.
    """
    peaks, n = np.zeros((2, MAX_HARMONICS)), 0
    for m in range(1, min(int(bins / f0), MAX_HARMONICS) + 1):
        low, high = max(int((m - REACH) * f0 + 0.5), 1), int((m + REACH) * f0 + 0.5)
        top = low
        for i in range(low, min(high, bins - 1) + 1):
            if table[i] * spectrum[i] > table[top] * spectrum[top]:
                top = i
        if top >= bins:
            break
        left = np.log(max(float(table[top - 1]) * float(spectrum[top - 1]), _FLOOR))
        middle = np.log(max(float(table[top]) * float(spectrum[top]), _FLOOR))
        right = np.log(max(float(table[top + 1]) * float(spectrum[top + 1]), _FLOOR))
        bend, shift = left - 2.0 * middle + right, 0.0
        if bend < 0.0:
            shift = min(max((left - right) / (2.0 * bend), -0.5), 0.5)
        peaks[0, n], peaks[1, n] = np.exp(middle - (left - right) * shift / 4.0), top + shift
        n += 1
    return peaks[:, :n]


def solve(r: Any, right: Any) -> Any:
    """Give the solution x of T x = right, with the Toeplitz matrix T[i, j] = r[|i - j|].

    The matrix is symmetric and positive, so that elimination needs no search for pivots.
    """
    n = len(r)
    matrix, x = np.zeros((n, n)), right.copy()
    for i in range(n):
        for j in range(n):
            matrix[i, j] = r[abs(i - j)]
    for i in range(n):
        pivot = max(matrix[i, i], _FLOOR)
        for k in range(i + 1, n):
            share = matrix[k, i] / pivot
            for j in range(i, n):
                matrix[k, j] -= share * matrix[i, j]
            x[k] -= share * x[i]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            x[i] -= matrix[i, j] * x[j]
        x[i] /= max(matrix[i, i], _FLOOR)
    return x


def discrete_model(power: Any, angles: Any, order: int) -> Any:
    """Give the all-pole model of a line spectrum, a[0] … a[order], by El-Jaroudi and Makhoul.

    It is the model whose own autocorrelation, taken from its values at the lines alone, is that of
    the spectrum: T a = h, with h(k) = mean of Re(exp(-jkθ) / A(θ)). Each step goes half of the way.
    """
    n = len(power)
    r, c, s = np.zeros(order + 1), np.zeros((order + 1, n)), np.zeros((order + 1, n))
    for k in range(order + 1):
        c[k], s[k] = np.cos(k * angles), np.sin(k * angles)
        r[k] = np.sum(power * c[k]) / n
    a = predictor(r, order, _WHITE, _STABLE)
    r[0] *= 1.0 + _WHITE
    for step in range(_STEPS + 1):
        x, y = np.zeros(n), np.zeros(n)
        for k in range(order + 1):
            x += a[k] * c[k]
            y -= a[k] * s[k]
        size = np.maximum(x * x + y * y, _FLOOR)
        if step == 0:  # so that the mean of power · |A|² is 1
            scale = np.sqrt(np.sum(power * size) / n)
            a, x, y, size = a / scale, x / scale, y / scale, size / (scale * scale)
        elif step == _STEPS:
            break
        h = np.zeros(order + 1)
        for k in range(order + 1):
            h[k] = np.sum((c[k] * x - s[k] * y) / size) / n
        a = (a + solve(r, h)) / 2.0
    return a


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HarmonicFormants(Formants):
    """It has the frequency and the bandwidth [Hz] of each formant, without the pull of harmonics.

    Parameters
    ----------
    voiced : float
        A row is voiced if its aperiodicity is below it, > 0. Other rows are those of
        :class:`serfast.Formants`.
    n, ceiling, order, missing, preemphasis, n_fft, win_length, window, remove_dc, power
        They mean the same as in :class:`serfast.Formants`.

    Notes
    -----
    The columns ``f0`` and ``aperiodicity`` must be in the spec, such as those of
    :class:`serfast.YIN`. The model is fitted to the peaks of the harmonics alone, so that it
    doesn't matter how far apart they are. On synthetic vowels F1 and F2 are within 4 % up to 249 Hz
    of F0, and within 2 % in the median, where linear prediction is up to 9 % off. A voice with
    fewer harmonics below the ceiling than the order, or more than 128, is modelled as noise is. The
    source is El-Jaroudi and Makhoul, IEEE Trans. Signal Processing 39 (1991), 411-423. It costs
    some times as much as :class:`serfast.Formants`.

    Examples
    --------
    >>> HarmonicFormants(n=2).columns
    ('harmonic_f1', 'harmonic_b1', 'harmonic_f2', 'harmonic_b2')
    """

    prefix: ClassVar[str] = "harmonic"

    voiced: float = 0.3

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number("voiced", self.voiced, above=0)

    @property
    def columns(self) -> tuple[str, ...]:
        name = self.name or self.prefix
        return tuple(f"{name}_{kind}{i + 1}" for i in range(self.n) for kind in "fb")

    @staticmethod
    def compute(  # type: ignore[override]
        spectrum: Values,
        frequencies: Values,
        table: Values,
        f0: float,
        aperiodicity: float,
        n: int,
        ceiling: float,
        order: int,
        voiced: float,
        out: Values,
    ) -> None:
        """Compute the discrete model of a voiced frame, the predictor of another, and formants."""
        for i in range(2 * n):
            out[i] = np.nan if table[len(table) - 1] != 0 else 0.0
        r = lags(spectrum, table, order)
        if not _FAINT < r[0] < _LOUD:
            return
        a = predictor(r, order, _WHITE, _STABLE)
        width = float(frequencies[1])
        bins = min(int((ceiling - _EDGE) / width), len(spectrum) - 1)
        if (
            aperiodicity < voiced
            and f0 >= 4.0 * width
            and order <= bins * width / f0 < MAX_HARMONICS
        ):
            peaks = harmonics(spectrum, table, bins, f0 / width)
            a = discrete_model(peaks[0], peaks[1] * (np.pi * width / ceiling), order)
            a = a / a[0]
        write_lowest(factors_of(a, table[len(table) - 1 - 8 * order :]), n, ceiling, out)
