"""Batches: recordings of about the same length, padded to a common one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

__all__ = ["padded", "shuffled"]

Array = np.ndarray[Any, np.dtype[np.float32]]

LOOSENESS = 0.2
"""Deviation of the logarithm of lengths by which the order is shaken."""


def padded(rows: Sequence[Array], multiple: int) -> tuple[Tensor, Tensor]:
    """Stack recordings as the network takes them.

    Parameters
    ----------
    rows : sequence of ndarray of float32, shape (n_rows, n_columns)
    multiple : int
        Rows per step: what is left over at a recording's end is left out, and a shorter recording
        is lengthened to one step by its last row, as the plugin does in inference.

    Returns
    -------
    x : Tensor of float32, shape (n, n_columns, time)
    mask : Tensor of float32, shape (n, 1, time)
        1 where there is a recording.
    """
    lengths = [max(len(r) // multiple, 1) * multiple for r in rows]
    x = np.zeros((len(rows), rows[0].shape[1], max(lengths)), np.float32)
    mask = np.zeros((len(rows), 1, max(lengths)), np.float32)
    for i, (r, length) in enumerate(zip(rows, lengths, strict=True)):
        part = r[:length]
        x[i, :, : len(part)] = part.T
        x[i, :, len(part) : length] = part[-1][:, np.newaxis]
        mask[i, 0, :length] = 1
    return torch.from_numpy(x), torch.from_numpy(mask)


def shuffled(lengths: Sequence[int], size: int, random: np.random.Generator) -> Iterator[Any]:
    """Indices of each batch: in random order, lengths alike within a batch.

    A last batch of one is left out: a batch normalisation can't learn from it.
    """
    shaken = np.log(np.maximum(lengths, 1)) + LOOSENESS * random.normal(size=len(lengths))
    order = np.argsort(shaken)
    parts = [order[i : i + size] for i in range(0, len(order), size)]
    for k in random.permutation(len(parts)):
        if len(parts[k]) > 1:
            yield parts[k]
