"""A block of complex rows, eight columns at a time, is one tuple: it is loaded, turned, stored.

Real and imaginary parts of the rows alternate in the tuple. The number of rows is known when the
code is made, so the tuple needs no memory: all of it is in registers.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from .lanes import lanes, splatted, vector_at
from .pointers import FLOATS

__all__ = ["block_loaded", "block_stored", "block_turned"]


def _places(builder: Any, n: int, first: Any, step: Any, area: Any) -> list[Any]:
    """Give the places of the parts of n rows: `step` floats between rows, `area` between parts."""
    places = []
    for _ in range(n):
        places += [first, builder.add(first, area)]
        first = builder.add(first, step)
    return places


def block_loaded(n: int) -> Any:
    """Give a function, for compiled code, that loads the parts of n rows of x from x[first] on."""

    @intrinsic
    def load_block(typingctx: Any, x: Any, first: Any, step: Any, area: Any) -> Any:
        def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            x, *where = args
            parts = [
                builder.load(vector_at(builder, x, at), align=4)
                for at in _places(builder, n, *where)
            ]
            return context.make_tuple(builder, sig.return_type, parts)

        return _block(n)(FLOATS, types.intp, types.intp, types.intp), lower

    return load_block


def block_turned(n: int) -> Any:
    """Give a function, for compiled code, that multiplies rows 1 … n - 1 by complex numbers.

    The number of row k has the parts w[2k - 2] and w[2k - 1].
    """

    @intrinsic
    def turn_block(typingctx: Any, block: Any, w: Any) -> Any:
        def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            block, w = args
            parts = [builder.extract_value(block, i) for i in range(2 * n)]
            for k in range(1, n):
                factor = (
                    builder.gep(w, [ir.Constant(ir.IntType(64), i)]) for i in (2 * k - 2, 2 * k - 1)
                )
                wr, wi = (splatted(builder, builder.load(at)) for at in factor)
                re, im = parts[2 * k : 2 * k + 2]
                parts[2 * k] = builder.fsub(builder.fmul(re, wr), builder.fmul(im, wi))
                parts[2 * k + 1] = builder.fadd(builder.fmul(re, wi), builder.fmul(im, wr))
            return context.make_tuple(builder, sig.return_type, parts)

        return _block(n)(_block(n), FLOATS), lower

    return turn_block


def block_stored(n: int) -> Any:
    """Give a function, for compiled code, that stores n rows in x from x[first] on."""

    @intrinsic
    def store_block(typingctx: Any, x: Any, first: Any, step: Any, area: Any, block: Any) -> Any:
        def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            x, *where, block = args
            for i, at in enumerate(_places(builder, n, *where)):
                value = builder.extract_value(block, i)
                builder.store(value, vector_at(builder, x, at), align=4)
            return context.get_dummy_value()

        return types.void(FLOATS, types.intp, types.intp, types.intp, _block(n)), lower

    return store_block


def _block(n: int) -> Any:
    """Give Numba's type of n rows."""
    return types.UniTuple(lanes, 2 * n)
