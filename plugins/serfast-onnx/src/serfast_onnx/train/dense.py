"""The end of a network: a batch normalisation and a dense layer, written as one product."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor, nn

from .writer import Graph

__all__ = ["affine", "array_of", "write_dense", "write_product"]

Array = np.ndarray[Any, Any]


def write_dense(graph: Graph, norm: nn.BatchNorm1d, dense: nn.Linear, pooled: str) -> str:
    """Write both into a graph: (1, n) to logits (1, n_classes), all in double."""
    scale, shift = affine(norm)
    weights = array_of(dense.weight)
    bias = array_of(dense.bias) + weights @ shift
    return write_product(graph, weights * scale, bias, pooled)


def write_product(graph: Graph, weights: Array, bias: Array, x: str) -> str:
    """Write ``weights @ x + bias`` of x (1, n), in double; the file has the weights in float32."""
    values = (graph.double(graph.constant(array)) for array in (weights, bias))
    return graph.add("Gemm", x, *values, attributes={"transB": 1})


def affine(norm: nn.BatchNorm1d) -> tuple[Array, Array]:
    """Give what a batch normalisation multiplies by and adds, once trained."""
    buffers = {name: array_of(b) for name, b in norm.named_buffers()}
    scale = array_of(norm.weight) / np.sqrt(buffers["running_var"] + norm.eps)
    return scale, array_of(norm.bias) - buffers["running_mean"] * scale


def array_of(tensor: Tensor) -> Array:
    """Give a tensor's values in float64, in which weights are multiplied together."""
    return tensor.detach().numpy().astype(np.float64)
