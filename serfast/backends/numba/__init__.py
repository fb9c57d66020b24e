"""The Numba back end: the stages of ext/ in Python, compiled for this processor when first used.

One loop runs every program (rows.py), so it is compiled once, when the first extractor is made,
and kept in Numba's cache. It is float32 throughout, and rounds as the native one does: its rows
have the same bits on every processor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import Run

if TYPE_CHECKING:
    from ...program import Program

__all__ = ["MINIMUM", "prepare"]

MINIMUM = (0, 60)
"""The first Numba that knows NumPy 2, which serfast needs."""


def _require_numba() -> None:
    """Raise the ImportError that says what to install, or to leave alone."""
    wanted = ".".join(map(str, MINIMUM))
    try:
        import numba
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == "numba"
        what = "it needs Numba" if missing else f"Numba doesn't load ({error})"
        raise ImportError(f"{what}: pip install 'serfast[numba]'") from error
    version = tuple(int(part) for part in numba.__version__.split(".")[:2])
    if version < MINIMUM:
        raise ImportError(
            f"numba must be >= {wanted} (the first for NumPy 2), got {numba.__version__}: "
            "pip install --upgrade 'serfast[numba]'"
        )
    if numba.config.DISABLE_JIT:
        raise ImportError("NUMBA_DISABLE_JIT must be unset: it has no functions but compiled ones")


_require_numba()

from .engine import Engine  # noqa: E402  (after the check)


def prepare(program: Program) -> Run:
    """The program ready to run; see :class:`serfast.backends.Run`."""
    if not program.all_customs:
        return Engine(program, {})
    from ...trial import tried_callbacks  # here: most programs need no compiler

    return Engine(program, tried_callbacks(program))
