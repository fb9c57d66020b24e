"""The Numba back end: the stages of ext/ in Python, compiled for this processor when first used.

One loop runs every program (rows.py), so it is compiled once, when the first extractor is made,
and kept in Numba's cache. It is float32 throughout, and rounds as the native one does: its rows
have the same bits on every processor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..interface import Run
from ..requirement import require_numba

if TYPE_CHECKING:
    from ...program.rows import Program

__all__ = ["prepare"]

require_numba()

from .engine import Engine  # noqa: E402  (after the check)


def prepare(program: Program) -> Run:
    """The program ready to run; see :class:`serfast.backends.Run`."""
    if not program.all_customs:
        return Engine(program, {})
    from ..reference.trial import tried_callbacks  # here: most programs need no compiler

    return Engine(program, tried_callbacks(program))
