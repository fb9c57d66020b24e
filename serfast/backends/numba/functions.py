"""Functions of named inputs and of rows are called here through their addresses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from ..custom.faults import CANARY, GUARD
from .compiling import kernel
from .pointers import FLOATS

__all__ = ["computed", "take_outputs", "track_function"]

Array = Any
Pointer = Any
Record = Any

NAN = np.float32(np.nan)


def _call_address(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """Lower a call of the function whose address is the first argument."""
    kind = ir.FunctionType(ir.IntType(32), [arg.type for arg in args[1:]])
    return builder.call(builder.inttoptr(args[0], kind.as_pointer()), args[1:])


@intrinsic
def call(
    typingctx: Any, address: Any, frame: Any, frame_length: Any, spectrum: Any, previous: Any,
    frequencies: Any, n_bins: Any, sample_rate: Any, parameters: Any, out: Any, n_out: Any,
) -> Any:  # fmt: skip
    """Call the ``serfast_feature_function`` at an address (serfast/include/serfast.h)."""
    given = (FLOATS, types.intp, FLOATS, FLOATS, FLOATS, types.intp, types.float64, types.intp,
             FLOATS, types.intp)  # fmt: skip
    return types.int32(types.intp, *given), _call_address


@intrinsic
def call_wide(
    typingctx: Any, address: Any, frame: Any, frame_length: Any, spectrum: Any, previous: Any,
    frequencies: Any, n_bins: Any, sample_rate: Any, parameters: Any, out: Any, n_out: Any,
    log_mel: Any, n_mels: Any, autocorrelation: Any, n_lags: Any, table: Any, n_table: Any,
) -> Any:  # fmt: skip
    """Call the ``serfast_wide_feature_function`` at an address."""
    given = (FLOATS, types.intp, FLOATS, FLOATS, FLOATS, types.intp, types.float64, types.intp,
             FLOATS, types.intp, FLOATS, types.intp, FLOATS, types.intp, FLOATS,
             types.intp)  # fmt: skip
    return types.int32(types.intp, *given), _call_address


@intrinsic
def call_track(
    typingctx: Any, address: Any, rows: Any, n_rows: Any, n_columns: Any, place: Any, state: Any,
    n_state: Any, row_rate: Any, parameters: Any, out: Any, n_out: Any,
) -> Any:  # fmt: skip
    """Call the ``serfast_track_function`` at an address."""
    given = (FLOATS, types.intp, types.intp, types.intp, types.intp, types.intp, types.float64,
             types.intp, FLOATS, types.intp)  # fmt: skip
    return types.int32(types.intp, *given), _call_address


@kernel
def guard_outputs(guarded: Pointer, n: int) -> None:
    """Make room for n outputs, full of NaN, between canaries."""
    out, behind = guarded + GUARD, guarded + (GUARD + n)
    for i in range(GUARD):
        guarded[i] = behind[i] = CANARY
    for i in range(n):
        out[i] = NAN


@kernel
def take_outputs(
    failed: bool, guarded: Pointer, n: int, t: int, column: int, row: Pointer, faults: Array,
    may_be_nan: int,
) -> None:  # fmt: skip
    """Move the outputs to their columns, as NaN if the function failed or wrote elsewhere.

    `faults` holds how many rows weren't finite, the first of them, and the column of its feature.
    NaN is no fault if the feature says so.
    """
    out, behind = guarded + GUARD, guarded + (GUARD + n)
    for i in range(GUARD):
        failed |= guarded[i] != CANARY or behind[i] != CANARY
    finite = True
    for i in range(n):
        row[column + i] = NAN if failed else out[i]
        wanted = may_be_nan and not failed and math.isnan(row[column + i])
        finite &= wanted or math.isfinite(row[column + i])
    if not finite:
        if faults[0] == 0:
            faults[1], faults[2] = t, column
        faults[0] += 1


@kernel
def computed(
    node: Record, frame: Pointer, spectrum: Pointer, previous: Pointer, frequencies: Pointer,
    log_mel: Pointer, autocorrelation: Pointer, tables: Pointer, parameters: int, t: int,
    row: Pointer, guarded: Pointer, faults: Array,
) -> None:  # fmt: skip
    """Compute the outputs of a function of named inputs."""
    guard_outputs(guarded, node.n)
    out = guarded + GUARD
    if node.wide:
        status = call_wide(
            node.address, frame, node.length, spectrum, previous, frequencies, node.bins,
            node.sample_rate, parameters, out, node.n, log_mel, node.n_mels, autocorrelation,
            node.n_lags, tables + node.table, node.n_table,
        )  # fmt: skip
    else:
        status = call(
            node.address, frame, node.length, spectrum, previous, frequencies, node.bins,
            node.sample_rate, parameters, out, node.n,
        )  # fmt: skip
    take_outputs(
        status != 0, guarded, node.n, t, node.column, row, faults, node.may_be_nan
    )  # fmt: skip


@kernel
def track_function(
    node: Record, rows: Pointer, n_rows: int, place: int, state: int, t: int, row: Pointer,
    guarded: Pointer, faults: Array,
) -> None:  # fmt: skip
    """Compute the outputs of a function of the rows around row t; `state` is an address."""
    guard_outputs(guarded, node.n)
    status = call_track(
        node.address, rows, n_rows, node.n_columns, place, state, node.n_state, node.row_rate,
        node.parameters, guarded + GUARD, node.n,
    )  # fmt: skip
    take_outputs(
        status != 0, guarded, node.n, t, node.column, row, faults, node.may_be_nan
    )  # fmt: skip
