"""Calling a feature's function from Python, for one row: as Python has it, or by its address."""

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
"""What a function is given for one row, by its arguments' names: arrays, numbers, columns."""

Call: TypeAlias = Callable[[Given, Array], None]
"""Computes one row's outputs into an array; leaves the array alone if it raises."""


def python_call(feature: Function) -> Call:
    """The function as Python has it, without Numba; one from elsewhere, by its address."""
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
    """Give room for a row's outputs, full of NaN; they are in `out` in the end.

    Raises
    ------
    ArithmeticError
        If what stands around that room was changed, by code that doesn't check bounds.
    """
    room = np.full(len(out) + 2 * GUARD, CANARY, dtype=dtype)
    room[GUARD:-GUARD] = np.nan
    yield room[GUARD:-GUARD]
    if (room[:GUARD] != CANARY).any() or (room[-GUARD:] != CANARY).any():
        raise ArithmeticError("values outside of out")
    out[:] = room[GUARD:-GUARD]


def native_call(feature: Function, callback: Callback) -> Call:
    """The callback, to be called from Python; an ArithmeticError says what it did wrong."""
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
    """An array as C sees it; the state itself, which the function moves on."""
    return array if kind == "double*" else np.ascontiguousarray(array, dtype=np.float32)


def _scalar(name: str, lengths: Mapping[str, int], values: Given) -> Any:
    """A length, a number, or nothing for an array that the function doesn't name."""
    if name in lengths:
        return lengths[name]
    return values.get(name, None if name in LENGTHS else 0)
