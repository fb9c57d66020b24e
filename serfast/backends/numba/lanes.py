"""Eight float32 side by side are a type for compiled code, with `+ - *`, loads, stores, shuffles.

LLVM maps it to the registers that the processor has: two of SSE2 or NEON, one of AVX. Every lane is
rounded by itself and operations aren't contracted, so the bits don't depend on the registers. A
loop over the type needs no vectoriser, which would first have to prove that arrays don't overlap.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

from .pointers import FLOATS

__all__ = [
    "LANES",
    "at_least",
    "deinterleaved",
    "exponent_and_rest",
    "lanes",
    "load",
    "reversed_lanes",
    "splat",
    "splatted",
    "store",
    "total",
    "transposed",
    "vector_at",
]

LANES = 8
_VECTOR = ir.VectorType(ir.FloatType(), LANES)
_BITS = ir.VectorType(ir.IntType(32), LANES)
_INDEX = ir.IntType(32)


class Lanes(types.Type):
    """It is Numba's type of eight float32."""

    def __init__(self) -> None:
        super().__init__(name=f"float32x{LANES}")


lanes = Lanes()
"""It is the only instance of the type."""


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _VECTOR)


def _elementwise(function: Any, instruction: str) -> None:
    """Define an operator of two vectors as one LLVM instruction."""

    @infer_global(function)
    class _Signature(ConcreteTemplate):
        cases = (signature(lanes, lanes, lanes),)

    @lower_builtin(function, lanes, lanes)
    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return getattr(builder, instruction)(*args)


_elementwise(operator.add, "fadd")
_elementwise(operator.iadd, "fadd")
_elementwise(operator.sub, "fsub")
_elementwise(operator.mul, "fmul")


def vector_at(builder: Any, x: Any, index: Any) -> Any:
    """Give LLVM's pointer to x[index : index + 8]."""
    return builder.bitcast(builder.gep(x, [index]), _VECTOR.as_pointer())


@intrinsic
def load(typingctx: Any, x: Any, index: Any) -> Any:
    """Give x[index : index + 8]."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(vector_at(builder, args[0], args[1]), align=4)

    return lanes(FLOATS, types.intp), lower


@intrinsic
def store(typingctx: Any, x: Any, index: Any, value: Any) -> Any:
    """Set x[index : index + 8] to the value."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[2], vector_at(builder, args[0], args[1]), align=4)
        return context.get_dummy_value()

    return types.void(FLOATS, types.intp, lanes), lower


def _shuffle(builder: Any, a: Any, b: Any, *chosen: int) -> Any:
    """Give the chosen lanes; a has the lanes 0 … 7, and b has 8 … 15."""
    mask = ir.Constant(ir.VectorType(_INDEX, len(chosen)), list(chosen))
    return builder.shuffle_vector(a, b, mask)


def splatted(builder: Any, value: Any) -> Any:
    """Give LLVM's vector with the value in every lane."""
    first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), value, _INDEX(0))
    return _shuffle(builder, first, first, *[0] * LANES)


@intrinsic
def splat(typingctx: Any, value: Any) -> Any:
    """Give a vector with the value in every lane."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return splatted(builder, args[0])

    return lanes(types.float32), lower


@intrinsic
def total(typingctx: Any, a: Any) -> Any:
    """Give the sum of the lanes: the lower half plus the upper half, 8 → 4 → 2 → 1."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        (v,) = args
        for half in (4, 2, 1):
            v = builder.fadd(_shuffle(builder, v, v, *range(half)),
                             _shuffle(builder, v, v, *range(half, 2 * half)))  # fmt: skip
        return builder.extract_element(v, _INDEX(0))

    return types.float32(lanes), lower


@intrinsic
def at_least(typingctx: Any, a: Any, floor: Any) -> Any:
    """Give max(a, floor) for each lane."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        floors = splatted(builder, args[1])
        return builder.select(builder.fcmp_ordered(">", args[0], floors), args[0], floors)

    return lanes(lanes, types.float32), lower


@intrinsic
def exponent_and_rest(typingctx: Any, a: Any) -> Any:
    """Give (e, m) with a = m · 2 ** e and m in [√½, √2), for lanes of normal numbers > 0."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        def constant(value: int) -> Any:
            return ir.Constant(_BITS, [ir.IntType(32)(value)] * LANES)

        bits = builder.bitcast(args[0], _BITS)
        above = builder.sub(bits, constant(0x3F3504F3))  # √½
        exponent = builder.and_(above, constant(-0x800000))
        e = builder.sitofp(builder.ashr(exponent, constant(23)), _VECTOR)
        m = builder.bitcast(builder.sub(bits, exponent), _VECTOR)
        return context.make_tuple(builder, sig.return_type, [e, m])

    return types.UniTuple(lanes, 2)(lanes), lower


def _rearrangement(rearrange: Callable[..., list[Any]], n_args: int, n_results: int) -> Any:
    """Give type and lowering of a function that only rearranges lanes."""
    result = lanes if n_results == 1 else types.UniTuple(lanes, n_results)

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        moved = rearrange(builder, *args)
        return moved[0] if n_results == 1 else context.make_tuple(builder, sig.return_type, moved)

    return result(*[lanes] * n_args), lower


@intrinsic
def reversed_lanes(typingctx: Any, a: Any) -> Any:
    """Give the lanes in the order 7, 6 … 0."""
    return _rearrangement(lambda to, v: [_shuffle(to, v, v, *range(LANES)[::-1])], 1, 1)


@intrinsic
def deinterleaved(typingctx: Any, a: Any, b: Any) -> Any:
    """Give the values at even places, and those at odd places, of 16 values."""

    def rearrange(builder: Any, x: Any, y: Any) -> list[Any]:
        return [_shuffle(builder, x, y, *range(parity, 2 * LANES, 2)) for parity in (0, 1)]

    return _rearrangement(rearrange, 2, 2)


@intrinsic
def transposed(
    typingctx: Any, a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any
) -> Any:
    """Give the columns of eight rows."""

    def rearrange(builder: Any, *rows: Any) -> list[Any]:
        def zipped(x: list[Any], y: list[Any], low: list[int], high: list[int]) -> list[Any]:
            return [_shuffle(builder, u, v, *m) for u, v in zip(x, y, strict=True)
                    for m in (low, high)]  # fmt: skip

        # First single lanes of two rows are joined, then pairs of four, then fours of all eight.
        ones = [zipped([u], [v], [0, 8, 1, 9, 4, 12, 5, 13], [2, 10, 3, 11, 6, 14, 7, 15])
                for u, v in zip(rows[::2], rows[1::2], strict=True)]  # fmt: skip
        twos = [zipped(x, y, [0, 1, 8, 9, 4, 5, 12, 13], [2, 3, 10, 11, 6, 7, 14, 15])
                for x, y in zip(ones[::2], ones[1::2], strict=True)]  # fmt: skip
        fours = zipped(twos[0], twos[1], [0, 1, 2, 3, 8, 9, 10, 11], [4, 5, 6, 7, 12, 13, 14, 15])
        return fours[::2] + fours[1::2]

    return _rearrangement(rearrange, LANES, LANES)
