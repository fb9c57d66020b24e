"""A track is a function of the rows around a row; for a delta it is a weighted sum.

Row t is at rows + (t % kept) · row_size.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiling import kernel
from .functions import track_function

__all__ = ["track_row", "tracked_count"]

Array = Any
Pointer = Any
Record = Any
Records = Any

NOTHING = np.float32(0)
DOUBLE = 8
"""A float64 has this many bytes."""


@kernel
def tracked_count(node: Record, n_rows: int, final: bool) -> int:
    """Give the number of rows of the track for which `n_rows` rows of its columns are enough."""
    if final:
        return n_rows
    if node.passes > 1:
        return 0
    return n_rows - node.ahead if n_rows >= node.first else 0


@kernel
def delta(
    node: Record, column: int, tables: Pointer, rows: Pointer, kept: int, row_size: int, t: int,
    n_rows: int,
) -> None:  # fmt: skip
    """Compute Σ_j weights[j] · row(c - half + j), c = t moved into half … n_rows - 1 - half."""
    target, weights = rows + (t % kept * row_size + node.column), tables + node.weights
    for i in range(node.n):
        target[i] = NOTHING
    if n_rows < node.width:
        return
    first = max(0, min(t - node.width // 2, n_rows - node.width))
    for j in range(node.width):
        source = rows + ((first + j) % kept * row_size + column)
        for i in range(node.n):
            target[i] = target[i] + weights[j] * source[i]


@kernel
def track_row(
    node: Record, sources: Records, tables: Pointer, rows: Pointer, kept: int, row_size: int,
    t: int, n_rows: int, states: int, window: Pointer, guarded: Pointer, faults: Array,
) -> None:  # fmt: skip
    """Compute row t of a track, when `n_rows` rows of its columns have been computed."""
    if node.width:
        delta(node, sources[node.first_source].column, tables, rows, kept, row_size, t, n_rows)
        return
    begin, end = max(t - node.back, 0), min(t + node.ahead + 1, n_rows)
    at = 0
    for i in range(begin, end):
        for j in range(node.first_source, node.last_source):
            source = rows + (i % kept * row_size + sources[j].column)
            for k in range(sources[j].n):
                window[at] = source[k]
                at += 1
    track_function(
        node, window, end - begin, t - begin, states + node.state * DOUBLE, t,
        rows + t % kept * row_size, guarded, faults,
    )  # fmt: skip
