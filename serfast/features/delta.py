"""Delta tells how a feature changes from row to row; it is the simplest track."""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import mul
from typing import Any, ClassVar

import numpy as np

from .. import _checks as checks
from .arguments import Column, Parameter
from .base import Feature, Planner
from .track import MAX_WINDOW, Track

__all__ = ["Delta", "delta_weights"]

Table = np.ndarray[Any, np.dtype[np.float64]]


def delta_weights(width: int, order: int) -> Table:
    """Give the weights for `width` rows whose weighted sum is the derivative at the middle row.

    It is the derivative, per row, of the polynomial of degree `order` that fits the rows best:
    Savitzky and Golay, Analytical Chemistry 36 (1964), 1627–1639. The derivative of that order is
    constant over the window. So the first and last ``width // 2`` rows of a recording have the
    derivative of the first and last window.

    Returns
    -------
    ndarray of float64, shape (width,)
        They equal ``scipy.signal.savgol_coeffs(width, order, deriv=order, use="dot")``.

    Examples
    --------
    >>> ((delta_weights(5, 1) * 10).round(9) + 0).tolist()
    [-2.0, -1.0, 0.0, 1.0, 2.0]
    """
    # Integers are exact until the last rounding; linear algebra libraries differ in the last bits.
    positions = [i - width // 2 for i in range(width)]
    powers = [[1] * width]
    for _ in range(order):
        powers.append(list(map(mul, powers[-1], positions)))
    normal = [[sum(map(mul, p, q)) for q in powers] for p in powers]
    highest, divisor = _solved(normal, [int(a == order) for a in range(order + 1)])
    factor = math.factorial(order)
    sums = [0] * width
    for coefficient, power in zip(highest, powers, strict=True):
        if coefficient:
            sums = [total + factor * coefficient * x for total, x in zip(sums, power, strict=True)]
    return np.array([total / divisor for total in sums])


def _solved(matrix: list[list[int]], right: list[int]) -> tuple[list[int], int]:
    """Give the solution of a positive definite system, as integers over one divisor.

    Bareiss' elimination (Mathematics of Computation 22 (1968), 565-578) stays within the integers:
    each division leaves no rest. It needs no pivoting here.
    """
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    before = 1
    for i, pivot in enumerate(rows):
        for k, row in enumerate(rows):
            if k != i:
                rows[k] = [
                    (a * pivot[i] - row[i] * b) // before for a, b in zip(row, pivot, strict=True)
                ]
        before = pivot[i]
    return [row[-1] for row in rows], before


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Delta(Track):
    """Delta is the derivative of a feature over time, per row; it has the feature's columns.

    Parameters
    ----------
    feature : Feature
        The columns of this feature are differentiated. The feature needn't stand in the spec; if
        it does, it is computed only once.
    width : int
        A derivative looks at this many rows: odd, 3 to 1001, and above `order`.
    order : int
        It is 1 for the first derivative, 2 for the second …, up to 8.
    name : str or None
        The names of the columns begin with it. None stands for ``delta`` (``delta2`` … for higher
        orders): the column of ``mfcc_0`` is ``delta_mfcc_0``.

    Notes
    -----
    It agrees with ``librosa.feature.delta(data, width=width, order=order)`` to 1e-5 of the largest
    value, with librosa's ``mode="interp"`` at the ends. A recording of fewer than `width` rows,
    which librosa refuses, has zeros.

    In a stream a row waits for the ``width // 2`` rows after it. The first rows wait for the whole
    first window. A row costs `width` multiplications for each column.

    Examples
    --------
    >>> import serfast
    >>> Delta(serfast.RMS(), order=2).columns
    ('delta2_rms',)
    """

    prefix: ClassVar[str] = "delta"
    whole_window: ClassVar[bool] = True

    width: int = 9
    order: int = 1

    def __post_init__(self) -> None:
        checks.integer("width", self.width, 3, MAX_WINDOW)
        if self.width % 2 == 0:
            checks.fail("width", "odd", self.width)
        checks.integer("order", self.order, 1, 8)
        if self.order >= self.width:
            checks.fail("order", f"< width ({self.width})", self.order)
        super().__post_init__()

    def _check_feature(self, name: str, value: Any) -> None:
        if not isinstance(value, Feature) or isinstance(value, Delta):
            checks.fail(name, "a feature other than a Delta", value)

    @property
    def signature(self) -> tuple[str | Parameter | Column, ...]:
        return ()  # every back end has a weighted sum for it

    @property
    def back(self) -> int:
        """Give half the width; the first and last rows look at the first and last whole window."""
        return self.width // 2

    @property
    def ahead(self) -> int:
        """Give half the width."""
        return self.width // 2

    @property
    def columns(self) -> tuple[str, ...]:
        prefix = self.name or self.prefix + (str(self.order) if self.order > 1 else "")
        return tuple(f"{prefix}_{column}" for column in self.feature.columns)

    @property
    def units(self) -> tuple[str, ...]:
        rows = "row" if self.order == 1 else f"row^{self.order}"
        return tuple(unit and f"{unit}/{rows}" for unit in self.feature.units)

    @property
    def forgiven(self) -> float:  # type: ignore[override]
        """Give the share of rows that is forgiven to the feature itself."""
        return self.feature.forgiven

    def plan(self, planner: Planner, column: int) -> None:
        planner.delta(self, column)
