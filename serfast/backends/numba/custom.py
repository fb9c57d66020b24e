"""Custom: a feature of one's own, a function called through its address for every row."""

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

__all__ = ["custom"]

Array = Any
Pointer = Any
Record = Any

NAN = np.float32(np.nan)


@intrinsic
def call(
    typingctx: Any, address: Any, frame: Any, frame_length: Any, spectrum: Any, previous: Any,
    frequencies: Any, n_bins: Any, sample_rate: Any, parameters: Any, out: Any, n_out: Any,
) -> Any:  # fmt: skip
    """Call the ``serfast_feature_function`` at an address (serfast/include/serfast.h)."""
    given = (FLOATS, types.intp, FLOATS, FLOATS, FLOATS, types.intp, types.float64, types.intp,
             FLOATS, types.intp)  # fmt: skip

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(32), [arg.type for arg in args[1:]])
        return builder.call(builder.inttoptr(args[0], kind.as_pointer()), args[1:])

    return types.int32(types.intp, *given), lower


@kernel
def custom(
    node: Record, frame: Pointer, spectrum: Pointer, previous: Pointer, frequencies: Pointer,
    t: int, row: Pointer, scaled: Pointer, guarded: Pointer, faults: Array,
) -> None:  # fmt: skip
    """The function's outputs; NaN if it failed or wrote elsewhere. Notes what isn't finite.

    faults: how many rows weren't finite, the first of them, and the column of its feature.
    """
    samples = frame
    if node.scale != 1:
        for i in range(node.length):
            scaled[i] = node.scale * frame[i]
        samples = scaled
    out, behind = guarded + GUARD, guarded + (GUARD + node.n)
    for i in range(GUARD):
        guarded[i] = behind[i] = CANARY
    for i in range(node.n):
        out[i] = NAN
    failed = call(
        node.address, samples, node.length, spectrum, previous, frequencies, node.bins,
        node.sample_rate, node.parameters, out, node.n,
    ) != 0  # fmt: skip
    for i in range(GUARD):
        failed |= guarded[i] != CANARY or behind[i] != CANARY
    finite = True
    for i in range(node.n):
        row[node.column + i] = NAN if failed else out[i]
        finite &= math.isfinite(row[node.column + i])
    if not finite:
        if faults[0] == 0:
            faults[1], faults[2] = t, node.column
        faults[0] += 1
