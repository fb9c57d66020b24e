"""An LSTM's weights, from torch's order to ONNX's."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import nn

from .writer import Graph

__all__ = ["write_lstm"]

Array = np.ndarray[Any, Any]


def write_lstm(graph: Graph, lstm: nn.LSTM, x: str) -> str:
    """Write a layer into a graph: (1, channels, time) to all its outputs (1, hidden, time)."""
    of_input, of_state, *biases = [_gates(w.detach().numpy()) for w in lstm.all_weights[0]]
    return graph.lstm(x, (of_input, of_state, np.concatenate(biases)))


def _gates(rows: Array) -> Array:
    """From torch's order of gates, input, forget, cell, output, to ONNX's: i, o, f, c."""
    i, f, c, o = np.split(rows, 4)
    return np.concatenate([i, o, f, c])
