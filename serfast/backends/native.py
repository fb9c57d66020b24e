"""The native back end has C kernels under Cython; the instruction set is chosen at import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._engine import Engine, PyinEngine, RowQueue, StreamState, VectorEngine, twins
from ..features.spec import FeatureSpec
from ..forking import forks_wait
from ..program.rows import Computed, Program, Track
from .interface import Run
from .stream import Stream

if TYPE_CHECKING:  # a stream needn't load them
    from ..program.pyin import PyinProgram, RunPyin
    from ..program.vector import RunVector, VectorProgram

__all__ = ["RowQueue", "prepare", "prepare_pyin", "prepare_vector"]


class NativeEngine(Engine):
    """It is a program made ready to run; ext/batch.pxi has the code."""

    __slots__ = ()

    def stream(self, spec: FeatureSpec) -> NativeStream:
        """Give a stream that runs this program."""
        return NativeStream(self, spec)


class NativeStream(StreamState, Stream):
    """It is a stream whose state is in ext/stream.pxi."""

    def __init__(self, engine: NativeEngine, spec: FeatureSpec) -> None:
        self._begin_with(spec)


def prepare(program: Program) -> Run:
    """Give the program ready to run; see :class:`serfast.backends.Run`.

    A built-in function that has a native twin in ``ext/`` needs no compiler.
    """
    others = [node for node in program.functions if not has_twin(node)]
    if not others:
        return NativeEngine(program, {})
    with forks_wait:
        from .reference.trial import callbacks_for  # heavy: the reference, which tries them
    return NativeEngine(program, callbacks_for(others))


def has_twin(node: Computed | Track) -> bool:
    """Tell whether the native module has the function of a built-in feature."""
    return node.trusted and node.native_name in twins()


def prepare_vector(program: VectorProgram) -> RunVector:
    """Give the statistics ready to run; see :class:`serfast.program.vector.RunVector`."""
    return VectorEngine(program)


def prepare_pyin(program: PyinProgram) -> RunPyin:
    """Give pYIN ready to run; see :class:`serfast.program.pyin.RunPyin`."""
    return PyinEngine(program)
