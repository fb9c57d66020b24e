"""The names of a function's arguments say which inputs and parameters the feature needs.

An argument is an input that the engine computes and shares, a column of the same row, a field of
the feature (a parameter), or ``out``.
"""

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
    "ARRAYS",
    "COLUMNS",
    "FRAME_INPUTS",
    "KINDS",
    "MEL_INPUTS",
    "SPECTRUM_INPUTS",
    "TRACK_INPUTS",
    "Column",
    "Compute",
    "NativeFunction",
    "Parameter",
    "arguments_of",
    "checked",
    "python_function",
]

FRAME_INPUTS = ("frame", "sample_rate", "table", "out")
"""Every function of a frame can have arguments of these names."""

SPECTRUM_INPUTS = ("spectrum", "previous_spectrum", "frequencies", "autocorrelation")
"""A function of a SpectrumFeature can have these too."""

MEL_INPUTS = ("log_mel",)
"""A function of a MelFeature can have this one too."""

TRACK_INPUTS = ("rows", "place", "state", "row_rate", "out")
"""The function of a track can have arguments of these names."""

ARRAYS = ("frame", "table", *SPECTRUM_INPUTS, *MEL_INPUTS)
"""These inputs are read-only arrays of float32."""

COLUMNS = ("rms", "zcr", "f0", "aperiodicity")
"""A function may name these columns of the same row without declaring them in `reads`."""

KINDS: dict[Any, type[int] | type[float] | type[bool]] = {
    kind: cls for cls in (int, float, bool) for kind in (cls, cls.__name__)
}
"""These types may parameters have; a field's annotation may be the type or its name."""

MAX_PARAMETER = 2**53
"""An int parameter may have at most this magnitude, because C gets it as a double."""


@dataclass(frozen=True)
class NativeFunction:
    """A native function is compiled code from another source: C, Cython, ctypes or cffi.

    Parameters
    ----------
    address : int
        This is the address of a ``serfast_feature_function``. If `arguments` name ``log_mel``,
        ``autocorrelation`` or ``table``, it is that of a ``serfast_wide_feature_function``. For a
        track it is that of a ``serfast_track_function``. serfast/include/serfast.h says which
        arguments each of them gets. The function must not need the GIL, must be callable from any
        thread, and may write only its columns. A machine address can't be checked: a wrong one
        crashes the process.
    owner : object
        It is kept alive as long as the function may be called: the library, or the callback of
        ctypes.
    arguments : tuple of str
        These names say what the function uses, as the argument names of a Python function would:
        inputs, and the feature's parameters in the order in which C gets them.

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
    """A parameter is an argument of a function that is a field of its feature."""

    name: str
    kind: type[int] | type[float] | type[bool]


class Column(NamedTuple):
    """A column, as an argument of a function, is a column of the same row."""

    name: str


def python_function(function: Any) -> Any:
    """Give the plain function under Numba's ``@njit``; give anything else unchanged."""
    return getattr(function, "py_func", function)


@lru_cache(maxsize=256)
def arguments_of(cls: type[Any]) -> tuple[str | Parameter | Column, ...]:
    """Give the arguments of a feature's function: names of inputs, parameters and columns."""
    names = _argument_names(cls)
    kinds = {field.name: KINDS.get(field.type) for field in dataclasses.fields(cls)}
    if taken := {"type", "package"} & set(kinds):
        checks.fail(f"field of {cls.__name__}", "called other than in JSON", min(taken))
    columns = cls.columns_read
    if columns and "frame" not in cls.inputs:
        rule = "empty for a track, which is given the columns of the features it looks at"
        checks.fail(f"columns_read of {cls.__name__}", rule, columns)
    arguments: list[str | Parameter | Column] = []
    for name in names:
        if name in cls.inputs:
            arguments.append(name)
        elif (kind := kinds.get(name)) is not None:
            arguments.append(Parameter(name, kind))
        elif name in columns or (name in COLUMNS and "frame" in cls.inputs):
            arguments.append(Column(name))
        else:
            numbers = [field for field, kind in kinds.items() if kind is not None]
            rule = "one of " + ", ".join((*cls.inputs, *numbers, *columns))
            checks.fail(f"argument of {cls.__name__}.compute", rule, name)
    if "out" not in names:
        raise ParameterError(f"{cls.__name__}.compute must have the argument out, got {names}")
    return tuple(arguments)


def _argument_names(cls: type[Any]) -> tuple[str, ...]:
    compute = python_function(getattr(cls, "compute", None))
    if isinstance(compute, NativeFunction):
        return compute.arguments
    if not isinstance(compute, FunctionType):
        checks.fail(f"compute of {cls.__name__}", "a function (a static method)", compute)
    return tuple(inspect.signature(compute).parameters)


def checked(parameter: Parameter, value: Any) -> float:
    """Give a parameter's value as a number of its kind, or raise ParameterError."""
    name, kind = parameter
    if kind is bool:
        return checks.boolean(name, value)
    if kind is int:
        return checks.integer(name, value, -MAX_PARAMETER, MAX_PARAMETER)
    return checks.number(name, value)
