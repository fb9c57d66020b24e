"""The functionals are listed here by name, as data that every back end reads.

``mean``, ``std``, ``skewness`` and ``kurtosis`` are the moments of the population; the kurtosis of
a Gaussian is 3. ``min`` and ``max`` are the extremes, and ``range`` is their distance. ``range98``
reaches from the 1st to the 99th percentile, ``range90`` from the 5th to the 95th, and ``iqr`` from
the 25th to the 75th. ``slope`` is the rise of the fitted straight line per point, and ``trend`` is
its rise per half series. ``curvature`` is the coefficient of time² of the fitted parabola, where
time runs from -1 to 1. ``crossings`` counts how often the series crosses its mean, per step.
``argmax`` and ``argmin`` give the place of the largest and the smallest value, 0 to 1.

There are also the percentiles ``p0`` … ``p100``, and the autocorrelation ``ac1`` … ``ac99`` at a
lag of that many rows.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..backends.reference.functionals import Array, Series, delta, evaluate
from ..program.vector import Functional

__all__ = ["FUNCTIONALS", "Series", "apply", "delta", "functional", "is_functional"]

FUNCTIONALS: dict[str, Functional] = {
    "mean": Functional("mean"),
    "std": Functional("std"),
    "skewness": Functional("skewness"),
    "kurtosis": Functional("kurtosis"),
    "min": Functional("quantile", 0),
    "max": Functional("quantile", 100),
    "range": Functional("spread", 0, 100),
    "range98": Functional("spread", 1, 99),
    "range90": Functional("spread", 5, 95),
    "iqr": Functional("spread", 25, 75),
    "slope": Functional("slope"),
    "trend": Functional("trend"),
    "curvature": Functional("curvature"),
    "crossings": Functional("crossings"),
    "argmax": Functional("argmax"),
    "argmin": Functional("argmin"),
}
"""This table has the kind, and the kind's parameters, of every functional without a number."""

NUMBERED = re.compile(r"(p)(100|[1-9]?[0-9])|(ac)([1-9][0-9]?)")


def is_functional(name: object) -> bool:
    """Tell whether :func:`functional` knows the name."""
    return isinstance(name, str) and (name in FUNCTIONALS or bool(NUMBERED.fullmatch(name)))


def functional(name: str) -> Functional:
    """Give the kind and the parameters of the functional of that name.

    Examples
    --------
    >>> functional("p5"), functional("ac20")
    (Functional(kind='quantile', a=5, b=0), Functional(kind='autocorrelation', a=20, b=0))
    """
    if name in FUNCTIONALS:
        return FUNCTIONALS[name]
    percentile, percent, _, lag = NUMBERED.fullmatch(name).groups()  # type: ignore[union-attr]
    return (
        Functional("quantile", int(percent))
        if percentile
        else Functional("autocorrelation", int(lag))
    )


def apply(names: tuple[str, ...], values: np.ndarray[Any, Any]) -> Array:
    """Give the functionals of each series, computed by the reference's formulas.

    Parameters
    ----------
    names : tuple of str
        The names are keys of :data:`FUNCTIONALS`, percentiles or autocorrelations.
    values : ndarray of float64, shape (n_series, n_points)

    Returns
    -------
    ndarray of float64, shape (n_series, len(names))

    Examples
    --------
    >>> apply(("mean", "p50", "range"), np.array([[1.0, 2.0, 6.0]])).tolist()
    [[3.0, 2.0, 5.0]]
    """
    return evaluate(tuple(functional(name) for name in names), values)
