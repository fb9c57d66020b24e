"""A program ready to run, on compiled code that is the same for all programs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

import numba
import numpy as np
from numba import types

from ... import _checks as checks
from ...audio.samples import first_nonfinite
from ..custom.faults import warn_of_faults
from . import rows as rows_module
from .compiling import compiled
from .nodes import PROGRAM
from .stream import NumbaStream
from .tables import Tables, frames_of, packed

if TYPE_CHECKING:
    from ...features.catalogue import CustomFeature
    from ...features.spec import FeatureSpec
    from ...program.rows import Program
    from ..custom.compiling import Callback

__all__ = ["Engine", "advance"]

Samples = np.ndarray[Any, np.dtype[np.float32]]
Rows = np.ndarray[Any, np.dtype[np.float32]]

_lock = threading.Lock()


def signature() -> Any:
    """The types of :func:`serfast.backends.numba.rows.advance`."""
    program = types.Array(numba.from_dtype(PROGRAM), 1, "C")
    vector = types.Array(types.float32, 1, "C")
    matrix = types.Array(types.float32, 2, "C")
    signal = types.Array(types.float32, 1, "C", readonly=True)
    counts = types.Array(types.int64, 1, "C")
    return types.intp(program, signal, *[types.intp] * 6, matrix, vector, vector, counts, matrix)


@cache
def _advance() -> Callable[..., int]:
    return compiled(rows_module.advance, signature())


def advance() -> Callable[..., int]:
    """The compiled function; the first call of a process loads or compiles it."""
    with _lock:
        return _advance()


class Engine:
    """A program made ready to run: engine(samples, out) fills out with the rows of samples."""

    __slots__ = (
        *("_customs", "_owners", "_sizes", "advance", "hop_length", "last_reach", "left_reach"),
        *("lookahead", "n_columns", "right_reach", "row_size", "tables"),
    )

    def __init__(
        self, program: Program, callbacks: Mapping[CustomFeature, Callback]
    ) -> None:
        self.tables: Tables = packed(program, callbacks)
        self._owners = callbacks  # alive as long as their addresses
        self._customs = {node.column: node.feature for node, _ in program.all_customs}
        self.advance = advance()
        self.hop_length, self.n_columns = program.hop_length, program.n_columns
        self.row_size = program.row_size
        self._sizes = {name: int(self.tables.program[0][name]) for name in PROGRAM.names or ()}
        self.lookahead = self._sizes["lookahead"]
        frames = frames_of(program)
        # as in ext/program.pxd
        self.left_reach = max(f.left for f in frames)
        self.right_reach = max(f.length - f.left for f in frames)
        self.last_reach = max(f.length - 2 * f.left for f in frames)

    def __reduce__(self) -> NoReturn:
        raise TypeError("an Engine can't be pickled: pickle the FeatureSpec or the Extractor")

    def stream(self, spec: FeatureSpec) -> NumbaStream:
        """A stream over this program."""
        return NumbaStream(self, spec)

    def scratch(self) -> Samples:
        """Memory for what a row needs on its way; one for each thread."""
        return np.zeros(self._sizes["scratch_size"], np.float32)

    def row_buffer(self, n_rows: int) -> Rows:
        """Memory for rows that derivatives look at; none if there are none."""
        return np.empty((n_rows if self._sizes["buffered"] else 0, self.row_size), np.float32)

    def __call__(self, samples: Samples, out: Rows) -> int | None:
        """Compute all rows; see :class:`serfast.backends.Run`."""
        if np.may_share_memory(samples, out):
            checks.refuse("out", "an array of its own", "one that shares the signal's memory")
        bad = first_nonfinite(samples)
        if bad is not None:
            return bad
        n_rows, kept_size = len(out), self._sizes["kept_size"]
        rows = self.row_buffer(n_rows if kept_size else 2 * self.lookahead + 1)
        kept, faults = np.empty(n_rows * kept_size, np.float32), np.zeros(3, np.int64)
        self.advance(
            self.tables.program, samples, 0, len(samples), 0, n_rows, 0, n_rows, rows, kept,
            self.scratch(), faults, out,
        )  # fmt: skip
        self.warn_of(faults)
        return None

    def warn_of(self, faults: np.ndarray[Any, np.dtype[np.int64]]) -> None:
        """Say which function failed, if one did; forget it then."""
        if faults[0]:
            rows, row, column = faults.tolist()
            faults[:] = 0
            warn_of_faults(self._customs[column], row, rows)
