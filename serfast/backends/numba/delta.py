"""Delta: derivatives over time, weighted sums of the rows around a row."""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiling import kernel

__all__ = ["delta"]

Pointer = Any
Record = Any

NOTHING = np.float32(0)


@kernel
def delta(
    node: Record, tables: Pointer, rows: Pointer, kept: int, row_size: int, t: int, n_rows: int,
    out: Pointer,
) -> None:  # fmt: skip
    """d(t) = Σ_j weights[j] · row(c - half + j), c = t moved into half … n_rows - 1 - half.

    Row t is at rows + (t % kept) · row_size.
    """
    target, weights = out + node.column, tables + node.weights
    for i in range(node.n):
        target[i] = NOTHING
    if n_rows < node.width:
        return
    first = max(0, min(t - node.width // 2, n_rows - node.width))
    for j in range(node.width):
        source = rows + ((first + j) % kept * row_size + node.source)
        for i in range(node.n):
            target[i] = target[i] + weights[j] * source[i]
