"""The MFCC stage applies the cosine transform (and the lifter) to a log-mel row, as one matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiling import kernel
from .lanes import LANES, load, splat, store

__all__ = ["mfcc"]

Pointer = Any
Record = Any

NOTHING = np.float32(0)


@kernel
def mfcc(
    node: Record, tables: Pointer, log_mel: Pointer, n_mels: int, row: Pointer, product: Pointer
) -> None:
    """Compute c = M · log-mel, in four chains of sums over i % 4.

    M is transposed; its rows have `stride` numbers, and rows of zeros make their number a multiple
    of 4. The log-mel row must be finite that far.
    """
    stride, matrix = node.stride, tables + node.matrix
    for q in range(0, stride, LANES):
        a = b = c = d = splat(NOTHING)
        for i in range(0, n_mels, 4):
            column = matrix + (i * stride + q)
            a += load(column, 0) * splat(log_mel[i])
            b += load(column, stride) * splat(log_mel[i + 1])
            c += load(column, 2 * stride) * splat(log_mel[i + 2])
            d += load(column, 3 * stride) * splat(log_mel[i + 3])
        store(product, q, (a + c) + (b + d))
    for i in range(node.n):
        row[node.column + i] = product[i]
