"""The functions of features become native callbacks here: compiled by Numba, or given by address.

A callback fills `out` and returns 0; any other value means that it failed. ``signatures.py`` has
its arguments. Pointers to inputs that the function doesn't name may be NULL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from types import FunctionType
from typing import Any, NamedTuple

from ... import _checks as checks
from ...errors import BackendError, ParameterError
from ...features.arguments import ARRAYS, Column, NativeFunction, Parameter, python_function
from ...features.computed import Function
from ...forking import forks_wait
from ..requirement import require_numba
from .signatures import LENGTHS, Signature, signature_of

__all__ = ["Callback", "compiled"]

Arguments = tuple[str | Parameter | Column, ...]

CASTS = {int: "int(parameters[{}])", float: "parameters[{}]", bool: "parameters[{}] != 0.0"}

ADAPTER = """\
def adapter({}):
    try:
        function({})
    except Exception:
        return 1
    return 0
"""
"""The adapter turns C's arguments into those of the function, and an exception into a status."""

LLVM_NAME = re.compile(r'@("[^"]*"|[-\w.$]+)\(')
"""It matches the name of a function that is defined or called."""

UNRESOLVED = ".numba.unresolved$"
"""Numba gives names with this beginning to functions which aren't compiled yet."""


class Callback(NamedTuple):
    """A callback has a native function's address, and an object that must live as long."""

    address: int
    owner: Any


def compiled(feature: Function) -> Callback:
    """Give the feature's function as a callback.

    Raises
    ------
    ParameterError
        If Numba can't compile it (its message says why and where), or if it is recursive or uses
        something that Numba doesn't check.
    BackendError
        If it must be compiled and Numba is missing, too old or switched off.
    """
    compute = python_function(type(feature).compute)
    if isinstance(compute, NativeFunction):
        return Callback(compute.address, compute.owner)
    name = type(feature).__name__
    with forks_wait:
        return _compiled(compute, feature.signature, signature_of(feature), name)


@lru_cache(maxsize=256)
def _compiled(
    function: Callable[..., None], arguments: Arguments, signature: Signature, name: str
) -> Callback:
    numba = _numba(name)
    types = _types(numba.types, arguments)
    try:
        whole = _with_helpers(numba, function)
        checked = numba.njit(types, boundscheck=True, nogil=True, no_cpython_wrapper=True)(whole)
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
    names, expressions = ", ".join(signature.names), ", ".join(_expressions(arguments))
    exec(ADAPTER.format(names, expressions), scope)
    callback = numba.cfunc(_c_signature(numba.types, signature))(scope["adapter"])
    if _is_recursive(callback.inspect_llvm()):
        checks.refuse(f"compute of {name}", "free of recursion", "a function that calls itself")
    return Callback(callback.address, callback)


def _with_helpers(numba: Any, function: Callable[..., None]) -> Callable[..., None]:
    """Give the function with compiled copies of the plain functions of its module that it calls.

    So a formula of ours can be divided without an import of Numba. What isn't ours stays as it is:
    Numba refuses plain helpers there, as it does everywhere.
    """
    scope = function.__globals__
    if not str(scope.get("__name__", "")).startswith("serfast.features."):
        return function
    helpers = {
        name: numba.njit(boundscheck=True)(_with_helpers(numba, scope[name]))
        for name in function.__code__.co_names
        if isinstance(scope.get(name), FunctionType)
    }
    return FunctionType(function.__code__, {**scope, **helpers}) if helpers else function


def _numba(name: str) -> Any:
    try:
        return require_numba()
    except ImportError as error:
        raise BackendError(f"compute of {name} can't be compiled: {error}") from error


def _types(types: Any, arguments: Arguments) -> tuple[Any, ...]:
    """Give Numba's type of each argument: read-only arrays, `out`, `state`, and numbers."""
    given: dict[str, Any] = {
        name: types.Array(types.float32, 1, "C", readonly=True) for name in ARRAYS
    }
    given["rows"] = types.Array(types.float32, 2, "C", readonly=True)
    given["out"] = types.Array(types.float32, 1, "C")
    given["state"] = types.Array(types.float64, 1, "C")
    given["sample_rate"] = given["row_rate"] = types.float64
    given["place"] = types.int64
    kinds = {int: types.int64, float: types.float64, bool: types.boolean}
    return tuple(
        given[a] if isinstance(a, str) else kinds[a.kind if isinstance(a, Parameter) else float]
        for a in arguments
    )


def _types_inside(made: Any) -> Iterable[Any]:
    """Give Numba's types of all values that a compiled function computes."""
    return made.type_annotation.typemap.values()  # type: ignore[no-any-return]


def _is_recursive(code: str) -> bool:
    """Tell whether a function in LLVM's text calls itself, directly or through others.

    A recursion that is too deep would end the process, and nothing else prevents that. If functions
    call each other, the text has a name there that Numba couldn't resolve at first.
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


def _expressions(arguments: Arguments) -> list[str]:
    """Give the expression that the adapter passes for each argument."""
    expressions, index = [], 0
    for argument in arguments:
        if isinstance(argument, str):
            shape = "".join(f"{length}, " for length in LENGTHS.get(argument, ()))
            expressions.append(f"carray({argument}, ({shape}))" if shape else argument)
        else:
            kind = argument.kind if isinstance(argument, Parameter) else float
            expressions.append(CASTS[kind].format(index))
            index += 1
    return expressions


def _c_signature(types: Any, signature: Signature) -> Any:
    kinds = {
        "float*": types.CPointer(types.float32),
        "double*": types.CPointer(types.float64),
        "double": types.float64,
        "size": types.intp,
    }
    return types.int32(*(kinds[kind] for kind in signature.kinds))
