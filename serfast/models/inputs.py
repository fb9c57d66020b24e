"""Here a classifier's input is made from a recording: samples, rows or a vector."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _checks as checks
from ..errors import ModelError, ParameterError
from ..extractor import Extractor
from ..statistics.statistics import PreparedStatistics
from .bundle.bundle import Bundle
from .classifier import Classifier
from .plugin_calls import calling

__all__ = ["inputs_of", "vector_of"]


def inputs_of(
    samples: np.ndarray[Any, Any],
    kind: str,
    extractor: Extractor,
    vector: PreparedStatistics | None,
) -> np.ndarray[Any, Any]:
    """Make the input of this `kind` from samples, for training and for prediction alike.

    `vector` turns rows into the vector, see :meth:`serfast.Statistics.over`.
    """
    if kind == "samples":
        return samples
    if kind not in ("rows", "vector"):
        checks.fail("kind", "vector, rows or samples", kind)
    rows = extractor(samples)
    if not np.isfinite(rows).all():
        peak = f"a peak of {np.abs(samples).max():g}"
        checks.refuse("signal", "small enough for finite features (full scale is 1)", peak)
    if kind == "rows":
        return rows
    if vector is None:
        checks.fail("vector", "given for kind 'vector'", vector)
    return vector(rows)


def vector_of(
    classifier: Classifier, bundle: Bundle, backend: str | None = None
) -> PreparedStatistics | None:
    """Give the statistics that make the classifier's vector from rows; None if it takes none."""
    if classifier.input != "vector":
        return None
    if bundle.statistics is None:
        raise ModelError("statistics in the bundle must be given for a vector classifier")
    with calling(bundle.plugin, "uses"):
        uses = getattr(classifier, "uses", None)
    try:
        return bundle.statistics.over(bundle.spec.columns, uses=uses, backend=backend)
    except ParameterError as error:
        raise ModelError(f"{error} (plugin {bundle.plugin!r})") from error
