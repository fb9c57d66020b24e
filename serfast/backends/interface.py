"""A back end must run a program of rows, give streams, and run a program of statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..features.spec import FeatureSpec
from .stream import Stream

if TYPE_CHECKING:  # `import serfast` needn't load them
    from ..program.pyin import PyinProgram, RunPyin
    from ..program.rows import Program
    from ..program.vector import RunVector, VectorProgram

__all__ = ["BackEnd", "Run"]

Samples = np.ndarray[Any, np.dtype[np.float32]]
Rows = np.ndarray[Any, np.dtype[np.float32]]


class Run(Protocol):
    """A program made ready computes all rows of a signal; it is immutable and thread-safe.

    All samples are checked first. If one is NaN or infinite, nothing is written, and the first
    one's index is returned. Otherwise the rows are in `out`, and None is returned.
    """

    def __call__(self, samples: Samples, out: Rows) -> int | None: ...

    def stream(self, spec: FeatureSpec) -> Stream:
        """Give a new stream with private state; raise BackendError if there are no streams."""


class BackEnd(Protocol):
    """A back end is a module with these three functions."""

    def prepare(self, program: Program) -> Run:
        """Make a program ready to compute rows; users' functions are tried here."""

    def prepare_vector(self, program: VectorProgram) -> RunVector:
        """Make a program ready to compute statistics."""

    def prepare_pyin(self, program: PyinProgram) -> RunPyin:
        """Make a program ready to find the pitch of a whole recording by pYIN."""
