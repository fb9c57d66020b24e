"""The arguments of a feature's function: inputs by name, and the feature's parameters.

A feature that is computed by a function says by the names of its arguments what it looks at. An
argument is an input that the engine computes and shares, a column of the same row, a field of the
feature, or ``out``.
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
"""What any function of a frame can be given, by the argument's name."""

SPECTRUM_INPUTS = ("spectrum", "previous_spectrum", "frequencies", "autocorrelation")
"""What a function of a SpectrumFeature can be given as well."""

MEL_INPUTS = ("log_mel",)
"""What a function of a MelFeature can be given as well."""

TRACK_INPUTS = ("rows", "place", "state", "row_rate", "out")
"""What the function of a track can be given."""

ARRAYS = ("frame", "table", *SPECTRUM_INPUTS, *MEL_INPUTS)
"""The inputs that are read-only arrays of float32."""

COLUMNS = ("rms", "zcr", "f0", "aperiodicity")
"""Columns of the same row that a function may name without declaring them in `reads`."""

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
        Of a ``serfast_feature_function``, or, if `arguments` name ``log_mel``,
        ``autocorrelation`` or ``table``, of a ``serfast_wide_feature_function``; of a track, of a
        ``serfast_track_function``. serfast/include/serfast.h says what each is given. It must not
        need the GIL, be callable from any thread, and write its columns and nothing else: nobody
        can check a machine address, so a wrong one crashes the process.
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


class Column(NamedTuple):
    """An argument of a function that is a column of the same row."""

    name: str


def python_function(function: Any) -> Any:
    """The plain function under Numba's ``@njit``; anything else as it is."""
    return getattr(function, "py_func", function)


@lru_cache(maxsize=256)
def arguments_of(cls: type[Any]) -> tuple[str | Parameter | Column, ...]:
    """The arguments of a feature's function: the name of an input, a parameter, or a column."""
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
    """A parameter's value as a number of its kind."""
    name, kind = parameter
    if kind is bool:
        return checks.boolean(name, value)
    if kind is int:
        return checks.integer(name, value, -MAX_PARAMETER, MAX_PARAMETER)
    return checks.number(name, value)
