"""The network without layers in time: statistics of the rows, voiced ones twice, and a dense layer.

Pooled are the scaled rows, their cosine transforms (as cepstra are of bands) and how much the rows
changed within 10 and 80 ms: means, deviations and slopes in the course of the utterance, of all
moments and once more of the voiced ones, which noise hides least. These are the classic functionals
of low-level descriptors and their derivatives. What a few speakers can teach convolutions and an
LSTM, or the moments' weights, is mostly these speakers' own.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .dense import write_dense
from .dropout import Dropout
from .mixing import Mixing
from .pooling import SlopePooling
from .writer import Graph

__all__ = ["Pooled"]

LAGS = (1, 8)
"""Rows over which changes are measured."""
CEPSTRA = 20
HEADS = 2
"""All moments, and the voiced ones."""
DEVIATION = 2.5
"""Of a cosine of columns of deviation 1, about, since neighbouring bands are alike."""


class Pooled(nn.Module):
    """Logits of pooled statistics of rows, their cosines and their changes.

    Parameters
    ----------
    n_columns, n_classes : int
    dropout : float
    voicing : int or None
        The column that says how voiced a row is, if there is one.
    """

    rows_per_step = 4
    mixes_rows = False

    def __init__(
        self, n_columns: int, n_classes: int, dropout: float, voicing: int | None = None
    ) -> None:
        super().__init__()
        self.n_columns = n_columns
        self.cosines: Tensor
        count = max(1, min(CEPSTRA, n_columns - 1))  # there are no more; of one column it is 0
        self.register_buffer("cosines", _cosines(count, n_columns), persistent=False)
        channels = (1 + len(LAGS)) * n_columns + count
        self.pooling = SlopePooling(channels, HEADS)
        self.pooling.fix([None, voicing])
        pooled = HEADS * 3 * channels
        self.norm = nn.BatchNorm1d(pooled)
        self.dropout = Dropout(dropout)
        self.dense = nn.Linear(pooled, n_classes)

    def forward(self, x: Tensor, mask: Tensor, mixing: Mixing | None = None) -> Tensor:
        """Logits (n, n_classes) of scaled rows (n, n_columns, time); mask (n, 1, time).

        Statistics are mixed, and not rows: a mixture of two recordings' rows varies less than
        either, as no recording does.
        """
        longer = functional.pad(x, (max(LAGS), 0))
        changes = [(x - longer[:, :, max(LAGS) - lag : -lag]).abs() for lag in LAGS]
        pooled = self.pooling(torch.cat([x, self.cosines @ x, *changes], 1), mask)
        pooled = pooled if mixing is None else mixing(pooled)
        logits: Tensor = self.dense(self.dropout(self.norm(pooled)))
        return logits

    def write(self, graph: Graph, x: str) -> str:
        """Write it into a graph: scaled rows (1, n_columns, time) to logits (1, n_classes)."""
        longer = graph.context("rows_before", x, self.n_columns, max(LAGS))
        earlier = [graph.cut(longer, max(LAGS) - lag, lag) for lag in LAGS]
        changes = [graph.add("Abs", graph.add("Sub", x, before)) for before in earlier]
        cepstrum = graph.add("MatMul", graph.constant(self.cosines.numpy()), x)
        every = graph.add("Concat", x, cepstrum, *changes, attributes={"axis": 1})
        return write_dense(graph, self.norm, self.dense, self.pooling.write(graph, "rows", every))


def _cosines(count: int, size: int) -> Tensor:
    """Give the first cosines of an orthonormal DCT-II without the mean, over a deviation."""
    angles = np.pi * np.outer(np.arange(1, count + 1), np.arange(size) + 0.5) / size
    return torch.tensor(np.sqrt(2 / size) / DEVIATION * np.cos(angles), dtype=torch.float32)
