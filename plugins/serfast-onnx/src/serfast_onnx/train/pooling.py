"""Pooling over time: weighted mean, deviation and slope, from sums that go on from step to step.

Each moment has a weight from 0 to 1, the logistic function of a linear one of its values: attention
that needs no softmax over time, so all that is pooled are quotients of running sums. (Mean and
deviation with softmax weights: Okabe et al., "Attentive statistics pooling for deep speaker
embedding", Interspeech 2018.) A graph goes on with the sums in double: rounded to float32, the
difference that a variance is changes the probabilities with the gain, in the sixth digit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from .writer import ROW, Graph

__all__ = ["Pooling", "SlopePooling", "moments_of"]

STEEPNESS = 3.0
"""Of a fixed weight, in the logistic function of a channel whose deviation is 1."""
LEAST_WEIGHT = 1e-4
"""Of the sum of weights."""
LEAST_VARIANCE = 1e-2
"""Added to the variance, since the root of a small difference of large sums is mostly rounding."""
LEAST_SPREAD = 0.03
"""Added to the variance of time, in squares of its unit: few rows' slope is taken for little."""


class Pooling(nn.Module):
    """Weighted mean and deviation of (n, channels, time) over time: (n, 2 · channels)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.weigh = nn.Conv1d(channels, 1, 1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Pool; `mask`, of shape (n, 1, time), is 0 where a recording has ended."""
        weight = torch.sigmoid(self.weigh(x)) * mask
        total = weight.sum(-1).clamp_min(LEAST_WEIGHT)
        mean = (weight * x).sum(-1) / total
        return torch.cat([mean, _deviation((weight * x * x).sum(-1) / total, mean)], -1)

    def write(self, graph: Graph, name: str, x: str) -> str:
        """Write it into a graph: (1, channels, time) to (1, 2 · channels) in double."""
        weight = _write_weight(graph, self.weigh, x)
        first = graph.add("Mul", weight, x)
        terms = (weight, first, graph.add("Mul", first, x))
        every = graph.add("Concat", *terms, attributes={"axis": 1})
        sums = graph.double(graph.add("ReduceSum", every, graph.integers(2)))
        sums = graph.running(f"{name}_sums", sums, (1, 1 + 2 * self.channels, 1))
        total, sum1, sum2 = graph.split(sums, (1, self.channels, self.channels), 1)
        total = graph.add("Max", total, graph.constant(LEAST_WEIGHT, np.float64))
        mean = graph.add("Div", sum1, total)
        deviation = _write_deviation(graph, graph.add("Div", sum2, total), mean)
        return graph.add("Flatten", graph.add("Concat", mean, deviation, attributes={"axis": 1}))


class SlopePooling(nn.Module):
    """Weighted mean, deviation and slope of (n, channels, time): (n, heads · 3 · channels).

    The slope is that of the straight line through a channel's course, by weighted least squares:
    how much it rises in the course of an utterance. The sums are those of the weights w, and of
    w·t, times each of 1, t, x and x².

    Each head has weights of its own, so that one may look at voiced moments and another at all, as
    heads of attention do (India et al., "Self multi-head attention for speaker recognition",
    Interspeech 2019); here each head looks at all channels.

    Parameters
    ----------
    channels, heads : int
    """

    def __init__(self, channels: int, heads: int = 1) -> None:
        super().__init__()
        self.channels = channels
        self.heads = heads
        self.weigh = nn.Conv1d(channels, heads, 1)

    @torch.no_grad()
    def fix(self, channels: Sequence[int | None]) -> None:
        """Have nothing learnt: each head's weight is the logistic function of a channel, or even.

        Parameters
        ----------
        channels : sequence of int or None
            One for each head; with None all moments weigh the same.
        """
        self.weigh.requires_grad_(False)
        for numbers in self.weigh.parameters():
            numbers.zero_()
        for head, channel in enumerate(channels):
            if channel is not None:
                self.weigh.weight[head, channel] = STEEPNESS

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Pool; `mask`, of shape (n, 1, time), is 0 where a recording has ended."""
        moments = moments_of(x.shape[2])
        weight = torch.sigmoid(self.weigh(x)) * mask
        factors = (weight[:, :, None] * moments).flatten(1, 2).transpose(1, 2)
        terms = torch.cat([moments.expand(len(x), -1, -1), x, x * x], 1)
        sums = (terms @ factors).reshape(len(x), -1, self.heads, 2).transpose(1, 2)
        means = sums / sums[:, :, :1, :1].clamp_min(LEAST_WEIGHT)  # (n, heads, 2 + 2 · channels, 2)
        plain, late = means.unbind(3)
        late = late - plain[:, :, 1:2] * plain  # covariances with time
        n = self.channels
        mean, square = plain[:, :, 2 : 2 + n], plain[:, :, 2 + n :]
        spread, shared = late[:, :, 1:2], late[:, :, 2 : 2 + n]
        slope = shared / (spread + LEAST_SPREAD)
        return torch.cat([mean, _deviation(square, mean), slope], 2).flatten(1)

    def write(self, graph: Graph, name: str, x: str) -> str:
        """Write it into a graph: (1, channels, time) to (1, heads · 3 · channels) in double."""
        moments = graph.moments(x)
        weight = _write_weight(graph, self.weigh, x)
        if self.heads > 1:  # they go along the first axis
            weight = graph.add("Transpose", weight, attributes={"perm": [1, 0, 2]})
        weighted = graph.add("Mul", moments, weight)
        factors = graph.add("Transpose", weighted, attributes={"perm": [0, 2, 1]})
        terms = graph.add("Concat", moments, x, graph.add("Mul", x, x), attributes={"axis": 1})
        sums = graph.double(graph.add("MatMul", terms, factors))
        sums = graph.running(f"{name}_sums", sums, (self.heads, 2 + 2 * self.channels, 2))
        total = graph.add(
            "Max", graph.first(sums, (1, 2)), graph.constant(LEAST_WEIGHT, np.float64)
        )
        plain, late = graph.split(graph.add("Div", sums, total), (1, 1), 2)
        parts = (1, 1, self.channels, self.channels)
        _, time, mean, square = graph.split(plain, parts, 1)
        late = graph.add("Sub", late, graph.add("Mul", time, plain))
        _, spread, shared, _ = graph.split(late, parts, 1)
        slope = graph.add(
            "Div", shared, graph.add("Add", spread, graph.constant(LEAST_SPREAD, np.float64))
        )
        deviation = _write_deviation(graph, square, mean)
        every = graph.add("Concat", mean, deviation, slope, attributes={"axis": 1})
        return graph.add("Flatten", every, attributes={"axis": 0})


def moments_of(n_rows: int) -> Tensor:
    """1 and the time since the beginning of each row, in :data:`ROW`s: (1, 2, n_rows)."""
    return torch.stack([torch.ones(n_rows), torch.arange(n_rows) * ROW])[None]


def _deviation(square: Tensor, mean: Tensor) -> Tensor:
    return ((square - mean * mean).clamp_min(0) + LEAST_VARIANCE).sqrt()


def _write_deviation(graph: Graph, square: str, mean: str) -> str:
    variance = graph.add("Relu", graph.add("Sub", square, graph.add("Mul", mean, mean)))
    return graph.add("Sqrt", graph.add("Add", variance, graph.constant(LEAST_VARIANCE, np.float64)))


def _write_weight(graph: Graph, weigh: nn.Conv1d, x: str) -> str:
    kernel, bias = (graph.constant(p.detach().numpy()) for p in weigh.parameters())
    return graph.add("Sigmoid", graph.add("Conv", x, kernel, bias))
