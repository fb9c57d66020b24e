"""The native back end: C kernels under Cython, float32, the instruction set chosen at import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._engine import Engine, StreamState, VectorEngine
from .interface import Run
from .stream import Stream

if TYPE_CHECKING:
    from ..features.spec import FeatureSpec
    from ..program.rows import Program
    from ..program.vector import RunVector, VectorProgram

__all__ = ["prepare", "prepare_vector"]


class NativeEngine(Engine):
    """A program made ready to run; see ext/engine.pyx."""

    __slots__ = ()

    def stream(self, spec: FeatureSpec) -> NativeStream:
        """A stream over this program."""
        return NativeStream(self, spec)


class NativeStream(StreamState, Stream):
    """The state is ext/stream.pxi's."""

    def __init__(self, engine: NativeEngine, spec: FeatureSpec) -> None:
        self._begin_with(spec)


def prepare(program: Program) -> Run:
    """The program ready to run; see :class:`serfast.backends.Run`."""
    if not program.all_customs:
        return NativeEngine(program)
    from .reference.trial import tried_callbacks  # here: most programs need no compiler

    return NativeEngine(program, tried_callbacks(program))


def prepare_vector(program: VectorProgram) -> RunVector:
    """The statistics ready to run; see :class:`serfast.program.vector.RunVector`."""
    return VectorEngine(program)
