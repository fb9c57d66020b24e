"""An engine runs a program with compiled code that is the same for all programs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NoReturn

import numba
import numpy as np
from numba import types

from ...audio.samples import first_nonfinite
from ...features.computed import Function
from ...features.spec import FeatureSpec
from ...forking import forks_wait
from ...program.rows import Program
from ..custom.compiling import Callback
from ..custom.faults import warn_of_faults
from ..output import check_apart
from . import rows as rows_module
from .compiling import compiled
from .nodes import PROGRAM
from .rows import N_FAULTS
from .stream import NumbaStream
from .tables import Tables, packed

__all__ = ["Engine", "advance"]

Samples = np.ndarray[Any, np.dtype[np.float32]]
Rows = np.ndarray[Any, np.dtype[np.float32]]

_lock = threading.Lock()


def signature() -> Any:
    """Give the types of :func:`serfast.backends.numba.rows.advance`."""
    program = types.Array(numba.from_dtype(PROGRAM), 1, "C")
    vector = types.Array(types.float32, 1, "C")
    matrix = types.Array(types.float32, 2, "C")
    signal = types.Array(types.float32, 1, "C", readonly=True)
    counts = types.Array(types.int64, 1, "C")
    return types.intp(
        *(program, signal, *[types.intp] * 6, types.boolean, matrix, vector, vector, counts),
        *(types.intp, matrix),
    )


@cache
def _advance() -> Callable[..., int]:
    return compiled(rows_module.advance, signature())


def advance() -> Callable[..., int]:
    """Give the compiled function; the first call in a process loads or compiles it."""
    with forks_wait, _lock:  # so that no fork leaves the lock to a child, nor Numba's own
        return _advance()


class Engine:
    """It is a program made ready to run: engine(samples, out) fills out with the samples' rows."""

    __slots__ = ("_functions", "_owners", "_sizes", "advance", "grid", "n_columns", "tables")

    def __init__(self, program: Program, callbacks: Mapping[Function, Callback]) -> None:
        self.tables: Tables = packed(program, callbacks)
        self._owners = callbacks  # alive as long as their addresses
        self._functions = {node.column: node.feature for node in program.functions}
        self.advance = advance()
        self.grid, self.n_columns = program.grid, program.n_columns
        self._sizes = {name: int(self.tables.program[0][name]) for name in PROGRAM.names or ()}

    def __reduce__(self) -> NoReturn:
        raise TypeError("an Engine can't be pickled: pickle the FeatureSpec or the Extractor")

    def stream(self, spec: FeatureSpec) -> NumbaStream:
        """Give a stream that runs this program."""
        return NumbaStream(self, spec)

    def scratch(self) -> Samples:
        """Give scratch memory for the computation of a row; each thread needs one."""
        return np.zeros(self._sizes["scratch_size"], np.float32)

    def row_buffer(self, n_rows: int | None = None) -> Rows:
        """Give memory for rows that tracks look at, or for all; it is empty if no row waits."""
        rows = self._sizes["rows_kept"] if n_rows is None else n_rows
        shape = (rows if self._sizes["buffered"] else 0, self._sizes["row_size"])
        return np.empty(shape, np.float32)

    def counts(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Give an array of zeros for the counts of faults and of the rows of each track."""
        return np.zeros(N_FAULTS + self._sizes["n_tracks"], np.int64)

    def doubles(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Give memory for a function's numbers, behind the tracks' states as they are at first."""
        doubles = np.zeros(self._sizes["n_states"] + self._sizes["n_numbers"] + 1)
        doubles[: self._sizes["n_states"]] = self.tables.states
        return doubles

    def __call__(self, samples: Samples, out: Rows) -> int | None:
        """Compute all rows; see :class:`serfast.backends.Run`."""
        check_apart(samples, out)
        bad = first_nonfinite(samples)
        if bad is not None:
            return bad
        n_rows, kept_size = len(out), self._sizes["kept_size"]
        rows = self.row_buffer(n_rows if self._sizes["whole"] else None)
        kept, counts = np.empty(n_rows * kept_size, np.float32), self.counts()
        doubles = self.doubles()
        self.advance(
            self.tables.program, samples, 0, len(samples), 0, n_rows, 0, n_rows, True, rows, kept,
            self.scratch(), counts, doubles.ctypes.data, out,
        )  # fmt: skip
        self.warn_of(counts)
        return None

    def warn_of(self, counts: np.ndarray[Any, np.dtype[np.int64]]) -> None:
        """Warn which function failed, if one did; then forget it."""
        if counts[0]:
            rows, row, column = counts[:N_FAULTS].tolist()
            counts[:N_FAULTS] = 0
            warn_of_faults(self._functions[column], row, rows)
