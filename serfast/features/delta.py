"""The delta stage: how a feature changes from row to row."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import _checks as checks
from .base import Feature

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["Delta", "delta_weights"]

Table = np.ndarray[Any, np.dtype[np.float64]]


def delta_weights(width: int, order: int) -> Table:
    """Weights of `width` rows whose sum of products is the derivative at the middle one.

    The derivative, per row, of the polynomial of degree `order` that fits the rows best: Savitzky
    and Golay, Analytical Chemistry 36 (1964), 1627–1639. Its highest derivative is the same all
    over the window, so the first and last ``width // 2`` rows of a recording have that of the
    first and last window.

    Returns
    -------
    ndarray of float64, shape (width,)
        As ``scipy.signal.savgol_coeffs(width, order, deriv=order, use="dot")``.

    Examples
    --------
    >>> ((delta_weights(5, 1) * 10).round(9) + 0).tolist()
    [-2.0, -1.0, 0.0, 1.0, 2.0]
    """
    from fractions import Fraction  # here: `import serfast` needn't wait for it

    # exact until the last rounding: a linear algebra library's last bits are its own
    positions = [i - width // 2 for i in range(width)]
    sums = [sum(i**power for i in positions) for power in range(2 * order + 1)]
    normal = [[Fraction(sums[a + b]) for b in range(order + 1)] for a in range(order + 1)]
    highest = _solved(normal, [Fraction(a == order) for a in range(order + 1)])
    factor = math.factorial(order)
    exact = [factor * sum(c * i**a for a, c in enumerate(highest)) for i in positions]
    return np.array([float(weight) for weight in exact])


def _solved(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """Solve a positive definite system of equations by elimination, which needs no pivoting."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i, pivot in enumerate(rows):
        rows[i] = [value / pivot[i] for value in pivot]
        for k, row in enumerate(rows):
            if k != i:
                rows[k] = [a - row[i] * b for a, b in zip(row, rows[i], strict=True)]
    return [row[-1] for row in rows]


@dataclass(frozen=True, kw_only=True)
class Delta(Feature):
    """Derivative of a feature over time, per row; as many columns as the feature has.

    Parameters
    ----------
    feature : Feature
        Whose columns to derive. It needn't stand in the spec itself; if it does, it is computed
        once for both.
    width : int
        Rows that a derivative looks at, odd, 3 to 1001, and above `order`.
    order : int
        1 for the first derivative, 2 for the second …, up to 8.
    name : str or None
        Prefix of its columns; None is ``delta`` (``delta2`` … for higher orders): the column of
        ``mfcc_0`` is ``delta_mfcc_0``.

    Notes
    -----
    ``librosa.feature.delta(data, width=width, order=order)`` to 1e-5 of the largest value, with its
    ``mode="interp"`` at the ends. A recording of fewer than `width` rows, which librosa refuses,
    has zeros.

    In a stream a row waits for the ``width // 2`` rows behind it, the first ones for the whole
    first window.

    Examples
    --------
    >>> import serfast
    >>> Delta(serfast.RMS(), order=2).columns
    ('delta2_rms',)
    """

    prefix: ClassVar[str] = "delta"

    feature: Feature = field(kw_only=False)
    width: int = 9
    order: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.feature, Feature) or isinstance(self.feature, Delta):
            checks.fail("feature", "a feature other than a Delta", self.feature)
        if self.pad_mode not in (None, self.feature.pad_mode):
            checks.fail("pad_mode", "None (padding is the feature's own)", self.pad_mode)
        object.__setattr__(self, "pad_mode", self.feature.pad_mode)
        checks.integer("width", self.width, 3, 1001)
        if self.width % 2 == 0:
            checks.fail("width", "odd", self.width)
        checks.integer("order", self.order, 1, 8)
        if self.order >= self.width:
            checks.fail("order", f"< width ({self.width})", self.order)

    @property
    def length(self) -> int:
        return self.feature.length

    @property
    def lookahead(self) -> int:
        return self.width // 2

    @property
    def whole_signal(self) -> bool:
        return self.feature.whole_signal

    @property
    def columns(self) -> tuple[str, ...]:
        prefix = self.name or self.prefix + (str(self.order) if self.order > 1 else "")
        return tuple(f"{prefix}_{column}" for column in self.feature.columns)

    def check(self, sample_rate: float) -> None:
        self.feature.check(sample_rate)
