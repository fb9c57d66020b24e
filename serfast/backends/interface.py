"""What a back end must do: run a program of rows, give streams, run a program of statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..features.spec import FeatureSpec
from .stream import Stream

if TYPE_CHECKING:  # `import serfast` needn't load them
    from ..program.rows import Program
    from ..program.vector import RunVector, VectorProgram

__all__ = ["BackEnd", "Run"]

Samples = np.ndarray[Any, np.dtype[np.float32]]
Rows = np.ndarray[Any, np.dtype[np.float32]]


class Run(Protocol):
    """A program made ready: computes all rows of a signal into `out` (immutable, thread-safe).

    Samples are looked through first: it returns the index of the first NaN or infinity, having
    written nothing, or None when all went well.
    """

    def __call__(self, samples: Samples, out: Rows) -> int | None: ...

    def stream(self, spec: FeatureSpec) -> Stream:
        """A stream of its own state; BackendError if the back end has no streams."""


class BackEnd(Protocol):
    """A back end: a module with these two functions."""

    def prepare(self, program: Program) -> Run:
        """Make a program ready to compute rows; functions of one's own are tried here."""

    def prepare_vector(self, program: VectorProgram) -> RunVector:
        """Make a program ready to compute statistics."""
