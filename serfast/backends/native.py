"""The native back end: C kernels under Cython, float32, the instruction set chosen at import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._engine import Engine, VectorEngine
from . import Run

if TYPE_CHECKING:
    from ..program import Program
    from ..vector import RunVector, VectorProgram

__all__ = ["prepare", "prepare_vector"]


def prepare(program: Program) -> Run:
    """The program ready to run; see :class:`serfast.backends.Run`."""
    if not program.all_customs:
        return Engine(program)
    from ..trial import tried_callbacks  # here: most programs need no compiler

    return Engine(program, tried_callbacks(program))


def prepare_vector(program: VectorProgram) -> RunVector:
    """The statistics ready to run; see :class:`serfast.vector.RunVector`."""
    return VectorEngine(program)
