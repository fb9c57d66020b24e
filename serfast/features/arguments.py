"""The arguments of a function of one's own: what it looks at, and its feature's parameters."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType
from typing import Any, NamedTuple, TypeAlias

from .. import _checks as checks
from ..errors import ParameterError

__all__ = [
    "FRAME_INPUTS",
    "KINDS",
    "SPECTRUM_INPUTS",
    "Compute",
    "NativeFunction",
    "Parameter",
    "arguments_of",
    "checked",
    "python_function",
]

FRAME_INPUTS = ("frame", "sample_rate", "out")
"""What any function can be given, by the argument's name."""

SPECTRUM_INPUTS = ("spectrum", "previous_spectrum", "frequencies")
"""What a function of a SpectrumFeature can be given as well."""

KINDS: dict[Any, type[int] | type[float] | type[bool]] = {
    kind: cls for cls in (int, float, bool) for kind in (cls, cls.__name__)
}
"""Types of parameters by a field's annotation, which may be a string."""

MAX_PARAMETER = 2**53
"""Largest magnitude of an int parameter: they cross the C interface as double."""


@dataclass(frozen=True)
class NativeFunction:
    """A compiled function from elsewhere: C, Cython, ctypes, cffi.

    Parameters
    ----------
    address : int
        Of a ``serfast_feature_function``; serfast/include/serfast.h says what it is given. It
        must not need the GIL, be callable from any thread, and write its columns and nothing
        else: nobody can check a machine address, so a wrong one crashes the process.
    owner : object
        Kept alive as long as the function may be called: the library, the ctypes callback.
    arguments : tuple of str
        What it uses, as the argument names of a Python function would say: inputs, and the
        feature's parameters in the order in which C gets them.

    Examples
    --------
    >>> import ctypes
    >>> types = ["float*", "ssize_t", "float*", "float*", "float*", "ssize_t"]
    >>> NativeFunction(4096, types, ("frame", "out")).arguments
    ('frame', 'out')
    """

    address: int
    owner: Any = dataclasses.field(compare=False, repr=False)
    arguments: tuple[str, ...] = ("frame", "out")

    def __post_init__(self) -> None:
        checks.integer("address", self.address, 1, 2**64 - 1)
        names = self.arguments
        if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
            checks.fail("arguments", "a tuple of str", names)


Compute: TypeAlias = Callable[..., None] | NativeFunction


class Parameter(NamedTuple):
    """An argument of a function that is a field of its feature."""

    name: str
    kind: type[int] | type[float] | type[bool]


def python_function(function: Any) -> Any:
    """The plain function under Numba's ``@njit``; anything else as it is."""
    return getattr(function, "py_func", function)


@lru_cache(maxsize=256)
def arguments_of(cls: type[Any]) -> tuple[str | Parameter, ...]:
    """The arguments of a feature's function: an input's name, or a parameter."""
    compute = python_function(getattr(cls, "compute", None))
    if isinstance(compute, NativeFunction):
        names = compute.arguments
    elif isinstance(compute, FunctionType):
        names = tuple(inspect.signature(compute).parameters)
    else:
        checks.fail(f"compute of {cls.__name__}", "a function (a static method)", compute)
    kinds = {field.name: KINDS.get(field.type) for field in dataclasses.fields(cls)}
    if taken := {"type", "package"} & set(kinds):
        checks.fail(f"field of {cls.__name__}", "called other than in JSON", min(taken))
    found: list[str | Parameter] = []
    for name in names:
        if name in cls.inputs:
            found.append(name)
        elif (kind := kinds.get(name)) is not None:
            found.append(Parameter(name, kind))
        else:
            numbers = [field for field, kind in kinds.items() if kind is not None]
            rule = "one of " + ", ".join((*cls.inputs, *numbers))
            checks.fail(f"argument of {cls.__name__}.compute", rule, name)
    if "out" not in names:
        raise ParameterError(f"{cls.__name__}.compute must have the argument out, got {names}")
    return tuple(found)


def checked(parameter: Parameter, value: Any) -> float:
    """A parameter's value as a number of its kind."""
    name, kind = parameter
    if kind is bool:
        return checks.boolean(name, value)
    if kind is int:
        return checks.integer(name, value, -MAX_PARAMETER, MAX_PARAMETER)
    return checks.number(name, value)
