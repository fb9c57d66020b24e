"""Which network an option names, and what a network is to the rest."""

from __future__ import annotations

from typing import Protocol, cast

from torch import Tensor, nn

from ..training_options import TrainingOptions
from .baseline import Baseline
from .mixing import Mixing
from .pooled import Pooled
from .recurrent import Recurrent
from .writer import Graph

__all__ = ["Network", "as_network", "logits_of", "make_network", "size_of"]


class Network(Protocol):
    """A torch module that can write itself into an ONNX graph."""

    rows_per_step: int
    mixes_rows: bool
    """Whether examples are mixed before it; else it takes the mixing."""
    n_columns: int

    def __call__(self, x: Tensor, mask: Tensor, *mixing: Mixing) -> Tensor:
        """Logits of scaled rows (n, n_columns, time), whole steps of them, and their mask."""

    def write(self, graph: Graph, x: str) -> str:
        """Write the trained network: scaled rows (1, n_columns, time) to logits."""


def make_network(
    n_columns: int, n_classes: int, options: TrainingOptions, voicing: int | None = None
) -> nn.Module:
    """Make the network that the options name, with weights drawn from torch's generator.

    `voicing` is the column that says how voiced a row is, if there is one.
    """
    if options.network == "baseline":
        return Baseline(n_columns, n_classes, options.dropout)
    if options.network == "pooled":
        return Pooled(n_columns, n_classes, options.dropout, voicing)
    return Recurrent(n_columns, n_classes, options.dropout, options.width)


def logits_of(network: Network, x: Tensor, mask: Tensor, *mixing: Mixing) -> Tensor:
    """Give a network's logits of a batch in which examples are mixed, if a mixing is given."""
    if mixing and network.mixes_rows:
        return network(mixing[0](x), mixing[0].longer(mask))
    return network(x, mask, *mixing)


def size_of(module: nn.Module) -> int:
    """How many weights it has to learn."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def as_network(module: nn.Module) -> Network:
    """Say for the type checker that a module made here is a Network."""
    return cast(Network, module)
