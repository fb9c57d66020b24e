"""How closely two back ends must agree, so that a model trained with one can be used with another.

Each feature says how far its values may be off (:meth:`serfast.features.Feature.tolerance`). The
limits are twice those of tests/helpers/tolerances.py, where each back end is held against the
reference: here both may be off.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...features.base import Feature, Rows
from ...features.spec import FeatureSpec

__all__ = ["disagreement", "excess"]


def disagreement(spec: FeatureSpec, rows: Any, expected: Any) -> str | None:
    """Say how rows differ by more than the limits, or give None.

    Parameters
    ----------
    spec : FeatureSpec
    rows, expected : array_like, shape (n, n_columns)
        Rows of the same signal by two back ends.

    Returns
    -------
    str or None
        The feature that is worst off, and by how much.

    Examples
    --------
    >>> import serfast
    >>> spec = serfast.FeatureSpec(features=[serfast.RMS()])
    >>> disagreement(spec, [[0.5]], [[0.5000001]])
    >>> disagreement(spec, [[0.5]], [[0.6]])
    'rms differs by 8e+04 times its tolerance'
    """
    rows, expected = np.asarray(rows, np.float64), np.asarray(expected, np.float64)
    if rows.shape != expected.shape:
        return f"rows must be of shape {expected.shape}, got {rows.shape}"
    worst, name, begin = 0.0, "", 0
    for feature in spec.features:
        columns = slice(begin, begin + len(feature.columns))
        difference = excess(feature, rows[:, columns], expected[:, columns])
        if not difference <= worst:  # NaN too
            worst, name = difference, feature.columns[0]
        begin = columns.stop
    return None if worst <= 1 else f"{name} differs by {worst:.0e} times its tolerance"


def excess(feature: Feature, rows: Rows, expected: Rows) -> float:
    """Largest difference, in units of the feature's tolerance, but for rows that it forgives."""
    ratio = np.abs(rows - expected) / feature.tolerance(expected)
    ratio[np.isnan(rows) & np.isnan(expected)] = 0.0  # a value that is missing in both
    by_row = np.sort(ratio.max(axis=1, initial=0.0))
    forgiven = int(len(by_row) * feature.forgiven)
    return float(by_row[len(by_row) - 1 - forgiven])
