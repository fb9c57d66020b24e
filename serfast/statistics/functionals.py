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

A :class:`serfast.Selection` has more. ``cv`` is the coefficient of variation, the deviation over
the mean with its sign. ``range20_80`` reaches from one percentile to another. ``equivalent_level``
is 10 log10 of the mean square [dB], of an amplitude such as ``rms``. The others are about the
course of the rows that count. ``rising_slope_mean``, ``rising_slope_std``, ``falling_slope_mean``
and ``falling_slope_std`` are about the slopes between neighbouring extrema, per second; falling
ones are positive. ``peaks_per_second`` counts the maxima. ``segments_per_second``,
``segment_length_mean`` and ``segment_length_std`` [s] are about the runs of rows that count. The
source is Eyben et al., IEEE Trans. Affective Computing 7 (2016), 190-202, section 3.2.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..backends.reference.functionals import Array, Series, delta, evaluate
from ..program.vector import Functional

__all__ = [
    "FUNCTIONALS",
    "SELECTION_FUNCTIONALS",
    "Series",
    "apply",
    "delta",
    "functional",
    "is_functional",
    "is_selection_functional",
]

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

SELECTION_FUNCTIONALS: dict[str, Functional] = {
    **FUNCTIONALS,
    "cv": Functional("cv"),
    "equivalent_level": Functional("level"),
    "rising_slope_mean": Functional("rising_mean"),
    "rising_slope_std": Functional("rising_std"),
    "falling_slope_mean": Functional("falling_mean"),
    "falling_slope_std": Functional("falling_std"),
    "peaks_per_second": Functional("peaks"),
    "segments_per_second": Functional("segments"),
    "segment_length_mean": Functional("segment_mean"),
    "segment_length_std": Functional("segment_std"),
}
"""This table is the one of a :class:`serfast.Selection`, which has more."""

NUMBERED = re.compile(r"(p)(100|[1-9]?[0-9])|(ac)([1-9][0-9]?)")
BETWEEN = re.compile(r"range(0|[1-9][0-9]?)_(100|[1-9][0-9]?)")


def is_functional(name: object) -> bool:
    """Tell whether :func:`functional` knows the name."""
    return isinstance(name, str) and (name in FUNCTIONALS or bool(NUMBERED.fullmatch(name)))


def is_selection_functional(name: object) -> bool:
    """Tell whether a selection may have a functional of that name."""
    if is_functional(name):
        return True
    if not isinstance(name, str):
        return False
    between = BETWEEN.fullmatch(name)
    return name in SELECTION_FUNCTIONALS or bool(between and int(between[1]) < int(between[2]))


def functional(name: str) -> Functional:
    """Give the kind and the parameters of the functional of that name.

    Examples
    --------
    >>> functional("p5"), functional("ac20")
    (Functional(kind='quantile', a=5, b=0), Functional(kind='autocorrelation', a=20, b=0))
    """
    if name in SELECTION_FUNCTIONALS:
        return SELECTION_FUNCTIONALS[name]
    if between := BETWEEN.fullmatch(name):
        return Functional("spread", int(between[1]), int(between[2]))
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
