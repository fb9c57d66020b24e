"""The argument --cluster: a Dask cluster whose workers do the work."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..cluster import LOCAL, connected
from ._threads import processors

__all__ = ["add_cluster", "client_of"]


def add_cluster(parser: argparse._ActionsContainer, what: str) -> None:
    """Describe the argument; `what` says what the workers do."""
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help=f"{what} on the workers of a Dask cluster: its scheduler's address (tcp://HOST:8786) "
        f"or JSON file, or {LOCAL}: processes on this machine (docs/scale.md)",
    )


@contextmanager
def client_of(arguments: argparse.Namespace) -> Iterator[Any]:
    """Give the client of the cluster that was asked for; None if none was."""
    if arguments.cluster is None:
        yield None
        return
    n_workers = getattr(arguments, "threads", None) or processors()
    with connected(arguments.cluster, n_workers) as client:
        yield client
