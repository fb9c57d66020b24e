"""The better network: two strided causal convolutions, an LSTM, and statistics of everything.

Rows come in every 10 ms; each convolution halves the rate, so the LSTM moves every 40 ms. What is
judged is pooled over time, side by side: weighted means and deviations of the second convolution
and of the LSTM; and of the scaled rows themselves, and of how much they changed within 30 ms, the
slopes in the course of the utterance too. These last are the classic functionals of low-level
descriptors and their derivatives, of which a linear machine alone already makes much.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .dense import affine, array_of, write_dense
from .dropout import Dropout
from .lstm import write_lstm
from .pooling import Pooling, SlopePooling
from .writer import Graph

__all__ = ["Recurrent"]

KERNELS = (5, 4)
STRIDE = 2
LAG = KERNELS[0] - STRIDE
"""Rows over which a change is measured: as far back as the first convolution looks anyway."""


class Block(nn.Module):
    """Convolution by steps of two rows, causal, with batch normalisation and ReLU."""

    def __init__(self, channels: int, width: int, kernel: int) -> None:
        super().__init__()
        self.channels = channels
        self.before = kernel - STRIDE
        self.conv = nn.Conv1d(channels, width, kernel, stride=STRIDE, bias=False)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, longer: Tensor) -> Tensor:
        """(n, channels, `before` + time) to (n, width, time / 2)."""
        return functional.relu(self.norm(self.conv(longer)))

    def write(self, graph: Graph, longer: str) -> str:
        """Write it into a graph, the normalisation multiplied into the convolution."""
        scale, shift = affine(self.norm)
        kernel = graph.constant(array_of(self.conv.weight) * scale[:, np.newaxis, np.newaxis])
        strides = {"strides": [STRIDE]}
        return graph.add(
            "Relu", graph.add("Conv", longer, kernel, graph.constant(shift), attributes=strides)
        )


class Recurrent(nn.Module):
    """Logits of pooled statistics of rows, their changes, convolutions and an LSTM.

    Parameters
    ----------
    n_columns, n_classes : int
    dropout : float
    width : int
        Channels of each layer.
    """

    rows_per_step = STRIDE ** len(KERNELS)
    mixes_rows = True

    def __init__(self, n_columns: int, n_classes: int, dropout: float, width: int) -> None:
        super().__init__()
        self.n_columns = n_columns
        self.first = Block(n_columns, width, KERNELS[0])
        self.second = Block(width, width, KERNELS[1])
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.rows_pooling = SlopePooling(2 * n_columns)
        self.deep_pooling = Pooling(2 * width)
        pooled = 3 * 2 * n_columns + 2 * 2 * width
        self.norm = nn.BatchNorm1d(pooled)
        self.dropout = Dropout(dropout)
        self.dense = nn.Linear(pooled, n_classes)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Logits (n, n_classes) of scaled rows (n, n_columns, time); mask (n, 1, time).

        Time is a multiple of four rows.
        """
        longer = functional.pad(x, (LAG, 0))
        h = self.dropout(self.first(longer))
        h = self.dropout(self.second(functional.pad(h, (self.second.before, 0))))
        g = self.lstm(h.transpose(1, 2))[0].transpose(1, 2)
        every = mask[:, :, self.rows_per_step - 1 :: self.rows_per_step]
        deep = self.deep_pooling(torch.cat([h, g], 1), every)
        change = (x - longer[:, :, :-LAG]).abs()
        shallow = self.rows_pooling(torch.cat([x, change], 1), mask)
        pooled = torch.cat([shallow, deep], 1)
        logits: Tensor = self.dense(self.dropout(self.norm(pooled)))
        return logits

    def write(self, graph: Graph, x: str) -> str:
        """Write it into a graph: scaled rows (1, n_columns, time) to logits (1, n_classes)."""
        longer = graph.context("rows_before", x, self.n_columns, LAG)
        h = self.first.write(graph, longer)
        h = self.second.write(
            graph, graph.context("first_before", h, self.second.channels, self.second.before)
        )
        g = write_lstm(graph, self.lstm, h)
        both = graph.add("Concat", h, g, attributes={"axis": 1})
        deep = self.deep_pooling.write(graph, "deep", both)
        change = graph.add("Abs", graph.add("Sub", x, graph.cut(longer, 0, LAG)))
        changing = graph.add("Concat", x, change, attributes={"axis": 1})
        shallow = self.rows_pooling.write(graph, "rows", changing)
        pooled = graph.add("Concat", shallow, deep, attributes={"axis": 1})
        return write_dense(graph, self.norm, self.dense, pooled)
