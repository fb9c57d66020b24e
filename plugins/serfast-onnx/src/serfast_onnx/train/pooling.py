"""Pooling over time: a weighted mean and deviation, as sums that go on from step to step.

Each moment has a weight from 0 to 1, the logistic function of a linear one of its values: attention
that needs no softmax over time, so mean and deviation are quotients of three running sums. (With
softmax weights: Okabe et al., "Attentive statistics pooling for deep speaker embedding",
Interspeech 2018.)
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .writer import Graph

__all__ = ["Pooling"]

LEAST_WEIGHT = 1e-4
"""Of the sum of weights."""
LEAST_VARIANCE = 1e-2
"""Added to the variance, since the root of a small difference of large sums is mostly rounding."""


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
        variance = (weight * x * x).sum(-1) / total - mean * mean
        return torch.cat([mean, (variance.clamp_min(0) + LEAST_VARIANCE).sqrt()], -1)

    def write(self, graph: Graph, name: str, x: str) -> str:
        """Write it into a graph: (1, channels, time) to (1, 2 · channels)."""
        kernel, bias = (p.detach().numpy() for p in self.weigh.parameters())
        score = graph.add("Conv", x, graph.constant(kernel), graph.constant(bias))
        weight = graph.add("Sigmoid", score)
        first = graph.add("Mul", weight, x)
        second = graph.add("Mul", first, x)
        weights = graph.running_sum(f"{name}_weight", weight, 1)
        total = graph.add("Max", weights, graph.constant(LEAST_WEIGHT))
        sum1 = graph.running_sum(f"{name}_sum", first, self.channels)
        sum2 = graph.running_sum(f"{name}_squares", second, self.channels)
        mean = graph.add("Div", sum1, total)
        square = graph.add("Mul", mean, mean)
        variance = graph.add("Sub", graph.add("Div", sum2, total), square)
        raised = graph.add("Add", graph.add("Relu", variance), graph.constant(LEAST_VARIANCE))
        return graph.add("Concat", mean, graph.add("Sqrt", raised), attributes={"axis": 1})
