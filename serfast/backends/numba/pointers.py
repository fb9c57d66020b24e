"""Pointers in compiled code are arrays without their headers and reference counts.

To pass an array from function to function costs seven words and a reference count each time; a
pointer costs one word. ``x[i]`` is a value and ``x + i`` is a pointer to it. A pointer to records
gives the records. There are no checks: offsets come from tables that were made together with the
arrays. The code that takes an array's pointer must keep the array alive.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numba import from_dtype, types
from numba.core.typing.templates import AbstractTemplate, ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

__all__ = ["FLOATS", "pointer", "pointer_to", "records"]

FLOATS = types.CPointer(types.float32)
"""It is Numba's type of a pointer to float32."""


@infer_global(operator.add)
class _Add(ConcreteTemplate):
    cases = (signature(FLOATS, FLOATS, types.intp),)


@lower_builtin(operator.add, FLOATS, types.intp)
def _moved(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.gep(args[0], [args[1]])


class Records(types.Type):
    """It is Numba's type of a pointer to records."""

    def __init__(self, dtype: Any) -> None:
        super().__init__(name=f"records({dtype})")
        self.dtype = dtype


@register_model(Records)
class _RecordsModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, dmm.lookup(fe_type.dtype).get_value_type())


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if isinstance(args[0], Records):
            return signature(args[0].dtype, args[0], types.intp)
        return None


@lower_builtin(operator.getitem, Records, types.intp)
def _record(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.gep(args[0], [args[1]])


@intrinsic
def pointer(typingctx: Any, array: Any) -> Any:
    """Give a pointer to the beginning of a contiguous float32 array."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return context.make_array(sig.args[0])(context, builder, args[0]).data

    return FLOATS(array), lower


def pointer_to(kind: Any) -> Any:
    """Give a function, for compiled code, that turns an address into a pointer of this type."""

    @intrinsic
    def from_address(typingctx: Any, address: Any) -> Any:
        def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return builder.inttoptr(args[0], context.get_value_type(kind))

        return kind(types.intp), lower

    return from_address


def records(dtype: np.dtype[Any]) -> Records:
    """Give Numba's type of a pointer to records of this NumPy type."""
    return Records(from_dtype(dtype))
