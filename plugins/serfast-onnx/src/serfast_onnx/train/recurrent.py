"""The better network: two strided causal convolutions, an LSTM, and statistics of everything.

Rows come in every 10 ms; each convolution halves the rate, so the LSTM moves every 40 ms. What is
judged is pooled over time, side by side: weighted means and deviations of the second convolution
and of the LSTM; and those of the scaled rows, of their cosine transforms (as cepstra are of
bands) and of how much the rows changed within 10 and 80 ms, by two sets of weights, one of which
begins with the voiced moments, the slopes in the course of the utterance too. These last are the
classic functionals of low-level descriptors and their derivatives, of which a linear machine alone
already makes much.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .dropout import Dropout
from .lstm import write_lstm
from .pooling import Pooling, SlopePooling
from .writer import Graph

__all__ = ["Recurrent"]

KERNELS = (5, 4)
STRIDE = 2
BEFORE = KERNELS[0] - STRIDE
"""So many rows the first convolution looks back."""
LAGS = (1, 8)
"""Rows over which changes are measured."""
BEFORE_ALL = max(*LAGS, BEFORE)
"""So many rows are remembered."""
CEPSTRA = 20
HEADS = 2
"""The rows' statistics have so many sets of weights."""

Array = np.ndarray[Any, Any]


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
        scale, shift = _affine(self.norm)
        kernel = graph.constant(_array(self.conv.weight) * scale[:, np.newaxis, np.newaxis])
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
    voicing : int or None
        The column that says how voiced a row is, if there is one.
    """

    rows_per_step = STRIDE ** len(KERNELS)

    def __init__(
        self,
        n_columns: int,
        n_classes: int,
        dropout: float,
        width: int,
        voicing: int | None = None,
    ) -> None:
        super().__init__()
        self.cosines: Tensor
        self.n_columns = n_columns
        self.first = Block(n_columns, width, KERNELS[0])
        self.second = Block(width, width, KERNELS[1])
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.register_buffer("cosines", _cosines(CEPSTRA, n_columns), persistent=False)
        channels = (1 + len(LAGS)) * n_columns + CEPSTRA
        self.rows_pooling = SlopePooling(channels, HEADS)
        if voicing is not None:
            self.rows_pooling.attend(HEADS - 1, voicing)
        self.deep_pooling = Pooling(2 * width)
        pooled = HEADS * 3 * channels + 2 * 2 * width
        self.norm = nn.BatchNorm1d(pooled)
        self.dropout = Dropout(dropout)
        self.dense = nn.Linear(pooled, n_classes)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Logits (n, n_classes) of scaled rows (n, n_columns, time); mask (n, 1, time).

        Time is a multiple of four rows.
        """
        longer = functional.pad(x, (BEFORE_ALL, 0))
        h = self.dropout(self.first(longer[:, :, BEFORE_ALL - BEFORE :]))
        h = self.dropout(self.second(functional.pad(h, (self.second.before, 0))))
        g = self.lstm(h.transpose(1, 2))[0].transpose(1, 2)
        every = mask[:, :, self.rows_per_step - 1 :: self.rows_per_step]
        deep = self.deep_pooling(torch.cat([h, g], 1), every)
        changes = [(x - longer[:, :, BEFORE_ALL - k : -k]).abs() for k in LAGS]
        shallow = self.rows_pooling(torch.cat([x, self.cosines @ x, *changes], 1), mask)
        pooled = torch.cat([shallow, deep], 1)
        logits: Tensor = self.dense(self.dropout(self.norm(pooled)))
        return logits

    def write(self, graph: Graph, x: str) -> str:
        """Write it into a graph: scaled rows (1, n_columns, time) to logits (1, n_classes)."""
        longer = graph.context("rows_before", x, self.n_columns, BEFORE_ALL)
        h = self.first.write(graph, graph.cut(longer, BEFORE_ALL - BEFORE, 0))
        h = self.second.write(
            graph, graph.context("first_before", h, self.second.channels, self.second.before)
        )
        g = write_lstm(graph, self.lstm, h)
        both = graph.add("Concat", h, g, attributes={"axis": 1})
        deep = self.deep_pooling.write(graph, "deep", both)
        earlier = [graph.cut(longer, BEFORE_ALL - k, k) for k in LAGS]
        changes = [graph.add("Abs", graph.add("Sub", x, before)) for before in earlier]
        cepstrum = graph.add("MatMul", graph.constant(_array(self.cosines)), x)
        every = graph.add("Concat", x, cepstrum, *changes, attributes={"axis": 1})
        shallow = self.rows_pooling.write(graph, "rows", every)
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


def _cosines(count: int, size: int) -> Tensor:
    """Give the first cosines of a DCT-II without the mean, (count, size), each of norm 1 / 2.5.

    By 2.5 their deviation is about that of a column, since neighbouring bands are alike.
    """
    angles = np.pi * np.outer(np.arange(1, count + 1), np.arange(size) + 0.5) / size
    return torch.tensor(np.sqrt(2 / size) / 2.5 * np.cos(angles), dtype=torch.float32)


def _affine(norm: nn.BatchNorm1d) -> tuple[Array, Array]:
    """What a batch normalisation multiplies by and adds, once trained."""
    buffers = {name: _array(b) for name, b in norm.named_buffers()}
    scale = _array(norm.weight) / np.sqrt(buffers["running_var"] + norm.eps)
    return scale, _array(norm.bias) - buffers["running_mean"] * scale


def _array(tensor: Tensor) -> Array:
    return tensor.detach().numpy().astype(np.float64)
