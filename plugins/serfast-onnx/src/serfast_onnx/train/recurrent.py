"""The better network: two strided causal convolutions, an LSTM, and statistics of everything.

Rows come in every 10 ms; each convolution halves the rate, so the LSTM moves every 40 ms. What is
judged are the weighted means and deviations over time of three layers, side by side: of the scaled
rows themselves, of the second convolution, and of the LSTM. The first of these are the classic
functionals of low-level descriptors, of which a linear machine alone already makes much.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .dropout import Dropout
from .lstm import write_lstm
from .pooling import Pooling
from .writer import Graph

__all__ = ["Recurrent"]

KERNELS = (5, 4)
STRIDE = 2

Array = np.ndarray[Any, Any]


class Block(nn.Module):
    """Convolution by steps of two rows, causal, with batch normalisation and ReLU."""

    def __init__(self, channels: int, width: int, kernel: int) -> None:
        super().__init__()
        self.channels = channels
        self.before = kernel - STRIDE
        self.conv = nn.Conv1d(channels, width, kernel, stride=STRIDE, bias=False)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels, time) to (n, width, time / 2)."""
        return functional.relu(self.norm(self.conv(functional.pad(x, (self.before, 0)))))

    def write(self, graph: Graph, name: str, x: str) -> str:
        """Write it into a graph, the normalisation multiplied into the convolution."""
        scale, shift = _affine(self.norm)
        kernel = graph.constant(_array(self.conv.weight) * scale[:, np.newaxis, np.newaxis])
        longer = graph.context(name, x, self.channels, self.before)
        strides = {"strides": [STRIDE]}
        return graph.add(
            "Relu", graph.add("Conv", longer, kernel, graph.constant(shift), attributes=strides)
        )


class Recurrent(nn.Module):
    """Logits of pooled statistics of rows, convolutions and an LSTM.

    Parameters
    ----------
    n_columns, n_classes : int
    dropout : float
    width : int
        Channels of each layer.
    """

    rows_per_step = STRIDE ** len(KERNELS)

    def __init__(self, n_columns: int, n_classes: int, dropout: float, width: int) -> None:
        super().__init__()
        self.n_columns = n_columns
        self.first = Block(n_columns, width, KERNELS[0])
        self.second = Block(width, width, KERNELS[1])
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.rows_pooling = Pooling(n_columns)
        self.deep_pooling = Pooling(2 * width)
        pooled = 2 * (n_columns + 2 * width)
        self.norm = nn.BatchNorm1d(pooled)
        self.dropout = Dropout(dropout)
        self.dense = nn.Linear(pooled, n_classes)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Logits (n, n_classes) of scaled rows (n, n_columns, time); mask (n, 1, time).

        Time is a multiple of four rows.
        """
        h = self.dropout(self.first(x))
        h = self.dropout(self.second(h))
        g = self.lstm(h.transpose(1, 2))[0].transpose(1, 2)
        every = mask[:, :, self.rows_per_step - 1 :: self.rows_per_step]
        deep = self.deep_pooling(torch.cat([h, g], 1), every)
        pooled = torch.cat([self.rows_pooling(x, mask), deep], 1)
        logits: Tensor = self.dense(self.dropout(self.norm(pooled)))
        return logits

    def write(self, graph: Graph, x: str) -> str:
        """Write it into a graph: scaled rows (1, n_columns, time) to logits (1, n_classes)."""
        h = self.first.write(graph, "rows_before", x)
        h = self.second.write(graph, "first_before", h)
        g = write_lstm(graph, self.lstm, h)
        both = graph.add("Concat", h, g, attributes={"axis": 1})
        deep = self.deep_pooling.write(graph, "deep", both)
        shallow = self.rows_pooling.write(graph, "rows", x)
        pooled = graph.add("Concat", shallow, deep, attributes={"axis": 1})
        scale, shift = _affine(self.norm)
        weights = _array(self.dense.weight)
        bias = _array(self.dense.bias) + weights @ shift
        return graph.add(
            "Gemm",
            pooled,
            graph.constant(weights * scale),
            graph.constant(bias),
            attributes={"transB": 1},
        )


def _affine(norm: nn.BatchNorm1d) -> tuple[Array, Array]:
    """What a batch normalisation multiplies by and adds, once trained."""
    buffers = {name: _array(b) for name, b in norm.named_buffers()}
    scale = _array(norm.weight) / np.sqrt(buffers["running_var"] + norm.eps)
    return scale, _array(norm.bias) - buffers["running_mean"] * scale


def _array(tensor: Tensor) -> Array:
    return tensor.detach().numpy().astype(np.float64)
