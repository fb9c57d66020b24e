"""Functions of named inputs and of rows are called here in Python, for each row."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...program import rows as p
from ..custom.calls import Call, python_call
from ..custom.faults import warn_of_rows
from .framing import blocks
from .inputs import inputs_of, window_of

__all__ = ["computed", "track"]

Array = np.ndarray[Any, np.dtype[np.float64]]


def computed(y: Array, node: p.Computed, hop: int, out: Array) -> None:
    """Call a function for each row; where it raises, its columns are NaN."""
    call = python_call(node.feature)
    columns = slice(node.column, node.column + len(node.feature.columns))
    read = list(zip(node.feature.reads, node.columns_read, strict=True))
    previous: Array | None = None
    for rows, frames in blocks(y, node.frames, hop, len(out)):
        for t, frame in enumerate(frames, rows.start):
            given = inputs_of(node, frame, previous)
            previous = given.get("spectrum")
            given |= {name: float(out[t, column]) for name, column in read}
            _call(call, given, out[t, columns])
    warn_of_rows(node.feature, out[:, columns])


def track(node: p.Track, out: Array) -> None:
    """Call a function for the rows around each row; where it raises, its columns are NaN."""
    call = python_call(node.feature)
    columns = slice(node.column, node.column + len(node.feature.columns))
    looked_at = np.concatenate([out[:, source] for source in node.sources], axis=1)
    state = node.initial_state.copy()
    for k in range(node.passes):
        if node.passes > 1:
            state[0] = k
        for t in range(len(out)):
            _call(call, window_of(node, looked_at, t, state), out[t, columns])
    warn_of_rows(node.feature, out[:, columns])


def _call(call: Call, given: dict[str, Any], row: Array) -> None:
    try:
        call(given, row)
    except Exception:  # a user's function may raise anything; its row then is NaN
        row[:] = np.nan
