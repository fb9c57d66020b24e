"""The Numba back end has the stages of ext/ in Python, compiled for this processor at first use.

One loop runs every program (rows.py), so it is compiled once, when the first extractor is made,
and kept in Numba's cache. It is float32 throughout, and rounds as the native one does: its rows
have the same bits on every processor. The functions of computed features and tracks are compiled
each by itself.
"""

from __future__ import annotations

from ...program.pyin import PyinProgram, RunPyin
from ...program.rows import Program
from ...program.vector import RunVector, VectorProgram
from ..interface import Run
from ..reference import prepare_pyin as reference_pyin
from ..reference import prepare_vector as reference_statistics
from ..reference.trial import callbacks_for
from ..requirement import require_numba

__all__ = ["prepare", "prepare_pyin", "prepare_vector"]

require_numba()

from .engine import Engine  # noqa: E402  (after the check)


def prepare(program: Program) -> Run:
    """Give the program ready to run; see :class:`serfast.backends.Run`."""
    return Engine(program, callbacks_for(program.functions))


def prepare_vector(program: VectorProgram) -> RunVector:
    """Give the statistics ready to run; they are those of the reference back end."""
    return reference_statistics(program)


def prepare_pyin(program: PyinProgram) -> RunPyin:
    """Give pYIN ready to run; it is that of the reference back end."""
    return reference_pyin(program)
