"""The native back end: C kernels under Cython, float32, the instruction set chosen at import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._engine import Engine
from . import Run

if TYPE_CHECKING:
    from ..program import Program

__all__ = ["prepare"]


def prepare(program: Program) -> Run:
    """The program ready to run; see :class:`serfast.backends.Run`."""
    return Engine(program)
