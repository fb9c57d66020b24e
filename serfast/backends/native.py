"""The native back end: C kernels under Cython, float32, the instruction set chosen at import."""

from __future__ import annotations

from .._engine import Engine
from ..program import Program
from . import Run

__all__ = ["prepare"]


def prepare(program: Program) -> Run:
    """The program ready to run; see :class:`serfast.backends.Run`."""
    return Engine(program)
