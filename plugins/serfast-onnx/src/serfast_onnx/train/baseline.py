"""The classic network: Conv1D(64, 3, ReLU), max-pooling by 2, LSTM(64), dense."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .dense import write_product
from .dropout import Dropout
from .lstm import write_lstm
from .writer import Graph

__all__ = ["Baseline"]

WIDTH = 64
KERNEL = 3


class Baseline(nn.Module):
    """Logits of the last state of an LSTM over a convolution's maxima.

    The convolution is causal: it looks at a row and the two before it.

    Parameters
    ----------
    n_columns, n_classes : int
    dropout : float
    """

    rows_per_step = 2
    mixes_rows = True

    def __init__(self, n_columns: int, n_classes: int, dropout: float) -> None:
        super().__init__()
        self.n_columns = n_columns
        self.conv = nn.Conv1d(n_columns, WIDTH, KERNEL)
        self.lstm = nn.LSTM(WIDTH, WIDTH, batch_first=True)
        self.dropout = Dropout(dropout)
        self.dense = nn.Linear(WIDTH, n_classes)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Logits (n, n_classes) of scaled rows (n, n_columns, time); mask (n, 1, time)."""
        h = functional.relu(self.conv(functional.pad(x, (KERNEL - 1, 0))))
        every, _ = self.lstm(functional.max_pool1d(h, 2).transpose(1, 2))
        last = (mask.sum(dim=(1, 2)).long() // 2 - 1).clamp_min(0)
        logits: Tensor = self.dense(self.dropout(every[torch.arange(len(every)), last]))
        return logits

    def write(self, graph: Graph, x: str) -> str:
        """Write it into a graph: scaled rows (1, n_columns, time) to logits (1, n_classes)."""
        weights = {name: p.detach().numpy() for name, p in self.named_parameters()}
        x = graph.context("rows_before", x, self.n_columns, KERNEL - 1)
        kernel = graph.constant(weights["conv.weight"])
        h = graph.add("Conv", x, kernel, graph.constant(weights["conv.bias"]))
        h = graph.add("Relu", h)
        h = graph.add("MaxPool", h, attributes={"kernel_shape": [2], "strides": [2]})
        every = write_lstm(graph, self.lstm, h)
        last = graph.add("Gather", every, graph.constant(-1, np.int64), attributes={"axis": 2})
        dense = weights["dense.weight"], weights["dense.bias"]
        return write_product(graph, *dense, graph.double(last))
