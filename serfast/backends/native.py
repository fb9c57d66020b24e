"""The native back end: C kernels under Cython, float32, the instruction set chosen at import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._engine import Engine, VectorEngine
from . import Run

if TYPE_CHECKING:
    from ..callbacks import Callback
    from ..features import CustomFeature
    from ..program import Program
    from ..vector import RunVector, VectorProgram

__all__ = ["prepare", "prepare_vector"]


def prepare(program: Program) -> Run:
    """The program ready to run; see :class:`serfast.backends.Run`."""
    return Engine(program, _callbacks(program) if program.all_customs else {})


def prepare_vector(program: VectorProgram) -> RunVector:
    """The statistics ready to run; see :class:`serfast.vector.RunVector`."""
    return VectorEngine(program)


def _callbacks(program: Program) -> dict[CustomFeature, Callback]:
    """The functions of features of one's own, compiled and tried."""
    from ..callbacks import compiled, native_call  # here: most programs need neither
    from ..trial import try_out

    found = {}
    for node, spectrum in program.all_customs:
        found[node.feature] = callback = compiled(node.feature)
        try_out(node, spectrum, native_call(node.feature, callback))
    return found
