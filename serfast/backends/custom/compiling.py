"""The functions of one's own as native callbacks: compiled by Numba, or given by address.

Every callback has one C signature, `serfast_feature_function` of serfast/include/serfast.h:

    int f(const float *frame, ptrdiff_t frame_length,
          const float *spectrum, const float *previous_spectrum, const float *frequencies,
          ptrdiff_t n_bins, double sample_rate, const double *parameters,
          float *out, ptrdiff_t n_out)

It fills `out` and returns 0, or anything else if it can't say. Pointers to a spectrum are NULL
for a feature of the frame alone.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

import numpy as np

from ... import _checks as checks
from ...errors import BackendError, ParameterError
from ...features.arguments import SPECTRUM_INPUTS, NativeFunction, Parameter, python_function
from ...features.custom import CustomFeature
from ..requirement import require_numba
from .faults import CANARY, GUARD

__all__ = ["Call", "Callback", "Inputs", "compiled", "native_call", "python_call"]

Array = np.ndarray[Any, Any]

POINTERS = {
    "frame": "carray(frame, (frame_length,))",
    "spectrum": "carray(spectrum, (n_bins,))",
    "previous_spectrum": "carray(previous_spectrum, (n_bins,))",
    "frequencies": "carray(frequencies, (n_bins,))",
    "sample_rate": "sample_rate",
    "out": "carray(out, (n_out,))",
}
"""Each input as Numba makes it of the C arguments."""

CASTS = {int: "int(parameters[{}])", float: "parameters[{}]", bool: "parameters[{}] != 0.0"}

ADAPTER = """\
def adapter(frame, frame_length, spectrum, previous_spectrum, frequencies, n_bins, sample_rate,
            parameters, out, n_out):
    try:
        function({})
    except Exception:
        return 1
    return 0
"""
"""From the C signature to the function's own arguments; an exception becomes a status."""

LLVM_NAME = re.compile(r'@("[^"]*"|[-\w.$]+)\(')
"""A function that is defined or called."""

UNRESOLVED = ".numba.unresolved$"
"""What the names begin with that Numba gives to functions which aren't compiled yet."""

_C_FUNCTION = ctypes.CFUNCTYPE(
    ctypes.c_int,
    *(ctypes.c_void_p, ctypes.c_ssize_t),
    *(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ssize_t),
    *(ctypes.c_double, ctypes.c_void_p),
    *(ctypes.c_void_p, ctypes.c_ssize_t),
)


class Callback(NamedTuple):
    """The address of a native function, and what must live as long as it may be called."""

    address: int
    owner: Any


@dataclass(frozen=True)
class Inputs:
    """What a function can be given for one row, by its arguments' names."""

    frame: Array
    sample_rate: float
    spectrum: Array | None = None
    previous_spectrum: Array | None = None
    frequencies: Array | None = None


Call = Callable[[Inputs, Array], None]
"""Computes one row's outputs into an array; leaves it alone if it raises."""


def compiled(feature: CustomFeature) -> Callback:
    """The feature's function as a callback.

    Raises
    ------
    ParameterError
        If Numba can't compile it (its message says why and where), or it is recursive or has what
        Numba doesn't check.
    BackendError
        If it must be compiled and Numba is missing, too old or switched off.
    """
    compute = python_function(type(feature).compute)
    if isinstance(compute, NativeFunction):
        return Callback(compute.address, compute.owner)
    parameters = {parameter.name: parameter for parameter in feature.parameters}
    arguments = tuple(parameters.get(name, name) for name in feature.arguments)
    return _compiled(compute, arguments, type(feature).__name__)


@lru_cache(maxsize=256)
def _compiled(
    function: Callable[..., None], arguments: tuple[str | Parameter, ...], name: str
) -> Callback:
    numba = _numba(name)
    types = _types(numba.types, arguments)
    try:
        checked = numba.njit(types, boundscheck=True, nogil=True, no_cpython_wrapper=True)(function)
    except Exception as error:  # Numba's errors have no common root
        raise ParameterError(f"compute of {name} must compile with Numba, got {error}") from error
    (made,) = checked.overloads.values()
    if any(isinstance(kind, numba.types.NumpyFlatType) for kind in _types_inside(made)):
        what = "free of .flat, whose indices Numba doesn't check"
        checks.refuse(f"compute of {name}", what, "a function with it")
    returned = checked.nopython_signatures[0].return_type
    if returned is not numba.types.none:
        raise ParameterError(f"compute of {name} must return None (write into out), got {returned}")
    scope = {"function": checked, "carray": numba.carray}
    exec(ADAPTER.format(", ".join(_expressions(arguments))), scope)
    callback = numba.cfunc(_c_signature(numba.types))(scope["adapter"])
    if _is_recursive(callback.inspect_llvm()):
        checks.refuse(f"compute of {name}", "free of recursion", "a function that calls itself")
    return Callback(callback.address, callback)


def _numba(name: str) -> Any:
    try:
        return require_numba()
    except ImportError as error:
        raise BackendError(f"compute of {name} can't be compiled: {error}") from error


def _types(types: Any, arguments: tuple[str | Parameter, ...]) -> tuple[Any, ...]:
    """Numba's type of each argument: read-only arrays, `out`, and numbers."""
    given: dict[str, Any] = {
        name: types.Array(types.float32, 1, "C", readonly=True)
        for name in ("frame", *SPECTRUM_INPUTS)
    }
    given["out"] = types.Array(types.float32, 1, "C")
    given["sample_rate"] = types.float64
    kinds = {int: types.int64, float: types.float64, bool: types.boolean}
    return tuple(given[a] if isinstance(a, str) else kinds[a.kind] for a in arguments)


def _types_inside(made: Any) -> Iterable[Any]:
    """Numba's types of everything that a compiled function computes."""
    return made.type_annotation.typemap.values()  # type: ignore[no-any-return]


def _is_recursive(code: str) -> bool:
    """Whether a function in LLVM's text calls itself, by whatever way.

    Nothing else stops a recursion that is too deep from ending the process. Functions that call
    each other do so through what Numba can't resolve at first.
    """
    if UNRESOLVED in code:
        return True
    calls: dict[str, set[str]] = {}
    for line in code.splitlines():
        names = LLVM_NAME.findall(line)
        if line.startswith("define"):
            callees = calls[names[0]] = set()
        elif "call " in line or "invoke " in line:
            callees.update(names)
    try:
        TopologicalSorter(calls).prepare()
    except CycleError:
        return True
    return False


def _expressions(arguments: tuple[str | Parameter, ...]) -> list[str]:
    """What the adapter passes for each argument."""
    expressions, index = [], 0
    for argument in arguments:
        if isinstance(argument, str):
            expressions.append(POINTERS[argument])
        else:
            expressions.append(CASTS[argument.kind].format(index))
            index += 1
    return expressions


def _c_signature(types: Any) -> Any:
    floats, doubles = types.CPointer(types.float32), types.CPointer(types.float64)
    frame, spectra = (floats, types.intp), (floats, floats, floats, types.intp)
    return types.int32(*frame, *spectra, types.float64, doubles, floats, types.intp)


def python_call(feature: CustomFeature) -> Call:
    """The function as Python has it, without Numba; one from elsewhere, by its address."""
    compute = python_function(type(feature).compute)
    if isinstance(compute, NativeFunction):
        return native_call(feature, Callback(compute.address, compute.owner))
    fixed = dict(zip((p.name for p in feature.parameters), feature.values, strict=True))

    def call(inputs: Inputs, out: Array) -> None:
        with guarded(out, np.float64) as room, np.errstate(divide="raise", invalid="raise"):
            given = {**vars(inputs), **fixed, "out": room}
            compute(*(given[name] for name in feature.arguments))

    return call


@contextmanager
def guarded(out: Array, dtype: type[np.floating[Any]]) -> Iterator[Array]:
    """Room for a row's outputs, full of NaN; they are in `out` in the end.

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


def native_call(feature: CustomFeature, callback: Callback) -> Call:
    """The callback, to be called from Python; an ArithmeticError says what it did wrong."""
    function = _C_FUNCTION(callback.address)
    parameters = np.array(feature.values, dtype=np.float64)

    def call(inputs: Inputs, out: Array) -> None:
        arrays = [
            None if array is None else np.ascontiguousarray(array, dtype=np.float32)
            for array in (inputs.frame, *(getattr(inputs, name) for name in SPECTRUM_INPUTS))
        ]
        frame, *spectra = (None if array is None else array.ctypes for array in arrays)
        n_bins = 0 if inputs.spectrum is None else len(inputs.spectrum)
        with guarded(out, np.float32) as target:
            status = function(
                frame, len(inputs.frame), *spectra, n_bins, inputs.sample_rate, parameters.ctypes,
                target.ctypes, len(target),
            )  # fmt: skip
            if status:
                raise ArithmeticError(f"status {status}")

    return call
