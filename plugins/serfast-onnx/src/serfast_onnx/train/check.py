"""The exported graphs beside torch: the same probabilities, of a whole recording and by steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from torch import nn

from serfast.errors import ModelError

from .front import Front
from .loop import probabilities
from .runner import Runner

__all__ = ["MOST", "TOLERANCE", "check_export"]

TOLERANCE = 1e-5
MOST = 100
"""Recordings to compare on, at most."""

Array = np.ndarray[Any, Any]


def check_export(
    members: Mapping[str, bytes], network: nn.Module, front: Front, rows: Sequence[Array]
) -> float:
    """Compare onnxruntime with torch on recordings' rows; give the largest difference.

    Parameters
    ----------
    members : mapping of str to bytes
        As :func:`serfast_onnx.train.export.members_of` gives them.
    network, front
        What they were written from.
    rows : sequence of ndarray of float32, shape (n_rows, n_columns)
        The first :data:`MOST` are looked at.

    Raises
    ------
    ModelError
        If a probability differs by more than 1e-5, of the whole or after the last step.
    """
    runner = Runner(members)
    worst = 0.0
    for x in rows[:MOST]:
        expected = probabilities(network, [front(x)])[0]
        for exported in (runner.whole(x), runner.steps(x)[-1]):
            worst = max(worst, float(np.abs(exported - expected).max()))
    if not worst <= TOLERANCE:
        raise ModelError(
            f"exported graphs must give torch's probabilities within {TOLERANCE:g}, got a "
            f"difference of {worst:.3g}"
        )
    return worst
