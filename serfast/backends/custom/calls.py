"""A feature's function is called here from Python, for one row: as plain Python or by address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np

from ...features.arguments import NativeFunction, python_function
from ...features.computed import Function
from .compiling import Callback
from .faults import CANARY, GUARD
from .signatures import LENGTHS, signature_of

__all__ = ["Call", "Given", "native_call", "python_call"]

Array = np.ndarray[Any, Any]

Given: TypeAlias = Mapping[str, Any]
"""For one row, a function gets these arrays, numbers and columns, by its arguments' names."""

Call: TypeAlias = Callable[[Given, Array], None]
"""A call computes one row's outputs into an array; if it raises, the array stays unchanged."""


def python_call(feature: Function) -> Call:
    """Give a call of the plain Python function, or of a NativeFunction by its address."""
    compute = python_function(type(feature).compute)
    if isinstance(compute, NativeFunction):
        return native_call(feature, Callback(compute.address, compute.owner))
    names = feature.arguments
    fixed = {parameter.name: getattr(feature, parameter.name) for parameter in feature.parameters}

    def call(given: Given, out: Array) -> None:
        with guarded(out, np.float64) as room, np.errstate(divide="raise", invalid="raise"):
            values = {**given, **fixed, "out": room}
            compute(*(values[name] for name in names))

    return call


@contextmanager
def guarded(out: Array, dtype: type[np.floating[Any]]) -> Iterator[Array]:
    """Give room for a row's outputs, full of NaN; at the end the outputs are copied to `out`.

    Raises
    ------
    ArithmeticError
        If the values around that room have changed, because of code that doesn't check bounds.
    """
    room = np.full(len(out) + 2 * GUARD, CANARY, dtype=dtype)
    room[GUARD:-GUARD] = np.nan
    yield room[GUARD:-GUARD]
    if (room[:GUARD] != CANARY).any() or (room[-GUARD:] != CANARY).any():
        raise ArithmeticError("values outside of out")
    out[:] = room[GUARD:-GUARD]


def native_call(feature: Function, callback: Callback) -> Call:
    """Give a call of the callback from Python; an ArithmeticError says what went wrong in it."""
    signature = signature_of(feature)
    function = signature.c_type(callback.address)
    fixed = {parameter.name: getattr(feature, parameter.name) for parameter in feature.parameters}
    numbers = [number.name for number in feature.numbers]

    def call(given: Given, out: Array) -> None:
        values = {**given, **fixed}
        arrays: dict[str, Array] = {
            name: _as_c(values[name], signature.kind(name))
            for name in LENGTHS
            if isinstance(values.get(name), np.ndarray)
        }
        arrays["parameters"] = np.array([values[name] for name in numbers], dtype=np.float64)
        with guarded(out, np.float32) as target:
            arrays["out"] = target
            lengths = {
                length: size
                for name, array in arrays.items()
                for length, size in zip(LENGTHS.get(name, ()), array.shape, strict=False)
            }
            status = function(
                *(
                    arrays[name].ctypes if name in arrays else _scalar(name, lengths, values)
                    for name in signature.names
                )
            )
            if status:
                raise ArithmeticError(f"status {status}")

    return call


def _as_c(array: Array, kind: str) -> Array:
    """Give an array in C's format; give the state itself, because the function changes it."""
    return array if kind == "double*" else np.ascontiguousarray(array, dtype=np.float32)


def _scalar(name: str, lengths: Mapping[str, int], values: Given) -> Any:
    """Give a length, a number, or nothing for an array that the function doesn't name."""
    if name in lengths:
        return lengths[name]
    return values.get(name, None if name in LENGTHS else 0)
