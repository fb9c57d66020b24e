"""Features of one's own: a function of one frame, which runs inside the engine's own pass.

Such a feature is a frozen dataclass like every other one; what it adds is `compute`, a function
that is compiled to a native callback when an Extractor is made (callbacks.py), tried on a few
frames (trial.py), and called for every row without the GIL. Its arguments say what it looks at.
"""

from __future__ import annotations

import dataclasses
import inspect
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType
from typing import Any, ClassVar, NamedTuple, TypeAlias, overload

import numpy as np

from . import _checks as checks
from .errors import FeatureWarning, ParameterError
from .feature import Feature
from .spectrum import PowerSpectrum

__all__ = [
    "FRAME_INPUTS",
    "SPECTRUM_INPUTS",
    "CustomFeature",
    "FrameFeature",
    "NativeFunction",
    "Parameter",
    "SpectrumFeature",
    "feature_function",
    "python_function",
    "warn_of_faults",
    "warn_of_rows",
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


@dataclass(frozen=True, kw_only=True)
class CustomFeature(Feature):
    """What :class:`FrameFeature` and :class:`SpectrumFeature` share."""

    inputs: ClassVar[tuple[str, ...]] = FRAME_INPUTS
    outputs: ClassVar[tuple[str, ...]] = ()
    compute: ClassVar[Compute]

    def __post_init__(self) -> None:
        super().__post_init__()
        for parameter in self.parameters:
            value = _checked(parameter, getattr(self, parameter.name))
            object.__setattr__(self, parameter.name, value)
        names = self.columns
        if not names or not all(isinstance(name, str) and name for name in names):
            checks.fail(f"outputs of {type(self).__name__}", "at least 1 name", self.outputs)

    @property
    def columns(self) -> tuple[str, ...]:
        if len(self.outputs) == 1:
            return (self.name or self.outputs[0],)
        prefix = f"{self.name}_" if self.name else ""
        return tuple(prefix + output for output in self.outputs)

    @property
    def _signature(self) -> tuple[str | Parameter, ...]:
        cls: Any = type(self)  # hashable, whatever mypy says
        return _arguments(cls)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the function's arguments, in order."""
        return tuple(a if isinstance(a, str) else a.name for a in self._signature)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Arguments of the function that are fields of the feature."""
        return tuple(a for a in self._signature if isinstance(a, Parameter))

    @property
    def values(self) -> tuple[float, ...]:
        """The parameters' values, in order."""
        return tuple(getattr(self, parameter.name) for parameter in self.parameters)


@dataclass(frozen=True, kw_only=True)
class FrameFeature(CustomFeature):
    """A feature of one's own, computed from the samples of a frame.

    Make a subclass that is a frozen dataclass, with the names of its columns in `outputs` and a
    static method `compute`. (:func:`feature_function` makes one of a plain function.)

    Parameters
    ----------
    frame_length : int
        Samples per frame, >= 1.

    Notes
    -----
    `compute` is called for every row with what its arguments name:

    ``frame``
        The frame's samples, times ``sample_scale``; float32, read-only.
    ``sample_rate``
        In Hz; float.
    any field annotated ``int``, ``float`` or ``bool``
        Its value. It has been checked to be one, and a finite one.
    ``out``
        float32, one element a column, NaN until it is written. What is returned must be None.

    It is compiled by Numba with checked bounds and Python's rules for arithmetic (division by
    zero raises). Where it raises, its columns are NaN in that row and a
    :class:`serfast.errors.FeatureWarning` says so; docs/custom-features.md tells the rest.

    Examples
    --------
    >>> import math
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Crest(FrameFeature):
    ...     outputs = ("crest",)
    ...     floor: float = 1e-6
    ...
    ...     @staticmethod
    ...     def compute(frame, floor, out):
    ...         peak, power = 0.0, 0.0
    ...         for x in frame:
    ...             peak = max(peak, abs(x))
    ...             power += x * x
    ...         out[0] = peak / max(math.sqrt(power / len(frame)), floor)
    >>> Crest(frame_length=400)
    Crest(name=None, pad_mode=None, frame_length=400, floor=1e-06)
    """

    frame_length: int = 512

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("frame_length", self.frame_length)

    @property
    def length(self) -> int:
        return self.frame_length


@dataclass(frozen=True, kw_only=True)
class SpectrumFeature(CustomFeature, PowerSpectrum):
    """A feature of one's own, computed from the spectrum of a frame.

    As :class:`FrameFeature`, with the fields of :class:`serfast.PowerSpectrum`; the transform is
    shared with every feature of the same window and conditioning.

    Notes
    -----
    `compute` can have these arguments too:

    ``spectrum``
        ``|X[k]| ** power``, n_fft // 2 + 1 values; float32, read-only.
    ``previous_spectrum``
        The same of the row before. The first row's is its own: nothing has changed yet.
    ``frequencies``
        Of the bins [Hz]: k · sample_rate / n_fft; float32, read-only.

    Examples
    --------
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Flux(SpectrumFeature):
    ...     outputs = ("flux",)
    ...
    ...     @staticmethod
    ...     def compute(spectrum, previous_spectrum, out):
    ...         out[0] = 0.0
    ...         for k in range(len(spectrum)):
    ...             out[0] += max(spectrum[k] - previous_spectrum[k], 0.0)
    >>> Flux(n_fft=256, name="onset").columns
    ('onset',)
    """

    inputs: ClassVar[tuple[str, ...]] = FRAME_INPUTS + SPECTRUM_INPUTS


@overload
def feature_function(function: Callable[..., None]) -> Callable[..., CustomFeature]: ...
@overload
def feature_function(
    *, columns: tuple[str, ...]
) -> Callable[[Callable[..., None]], Callable[..., CustomFeature]]: ...
def feature_function(
    function: Callable[..., None] | None = None, *, columns: tuple[str, ...] = ()
) -> Any:
    """Make a feature of a function of one frame; a decorator.

    Parameters
    ----------
    function : callable
        Its arguments are inputs (see :class:`FrameFeature` and :class:`SpectrumFeature`) and
        parameters: those have a default, an int, float or bool.
    columns : tuple of str, optional
        Names of its columns; without them it has one, of the function's name.

    Returns
    -------
    type
        A :class:`SpectrumFeature` if the function looks at the spectrum, else a
        :class:`FrameFeature`, with a field for each parameter. A parameter that is called as a
        field of these (``frame_length``, ``n_fft``) gives it another default.

    Raises
    ------
    ParameterError
        If an argument is neither.

    Examples
    --------
    >>> import serfast
    >>> @serfast.feature_function
    ... def rolloff(spectrum, frequencies, out, share=0.85):
    ...     rest = share * spectrum.sum()
    ...     k = 0
    ...     while k + 1 < len(spectrum) and rest > spectrum[k]:
    ...         rest -= spectrum[k]
    ...         k += 1
    ...     out[0] = frequencies[k]
    >>> spec = serfast.FeatureSpec(features=[rolloff(share=0.95, n_fft=400), serfast.RMS()])
    >>> spec.columns
    ('rolloff', 'rms')
    """
    if function is None:
        return lambda function: _feature_class(function, columns)
    return _feature_class(function, columns)


def python_function(function: Any) -> Any:
    """The plain function under Numba's ``@njit``; anything else as it is."""
    return getattr(function, "py_func", function)


def _feature_class(function: Callable[..., None], columns: tuple[str, ...]) -> type[CustomFeature]:
    plain = python_function(function)
    if not isinstance(plain, FunctionType):
        checks.fail("function", "a Python function", function)
    defaults = inspect.signature(plain).parameters.values()
    spectral = any(a.name in SPECTRUM_INPUTS for a in defaults)
    base: type[CustomFeature] = SpectrumFeature if spectral else FrameFeature
    fields = []
    for argument in defaults:
        if argument.default is not argument.empty and argument.name not in base.inputs:
            kind = type(argument.default)
            if kind not in KINDS:
                what = f"default of {argument.name} in {plain.__name__}"
                checks.fail(what, "an int, float or bool", argument.default)
            fields.append((argument.name, kind, argument.default))
    namespace = {
        "__doc__": plain.__doc__,
        "__module__": plain.__module__,
        "__qualname__": plain.__qualname__,
        "outputs": tuple(columns) or (plain.__name__,),
        "compute": staticmethod(plain),
    }
    made = dataclasses.make_dataclass(
        plain.__name__, fields, bases=(base,), namespace=namespace, frozen=True, kw_only=True
    )
    made()  # its arguments are checked, and its defaults
    return made


@lru_cache(maxsize=256)
def _arguments(cls: type[Any]) -> tuple[str | Parameter, ...]:
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


def _checked(parameter: Parameter, value: Any) -> float:
    """A parameter's value as a number of its kind."""
    name, kind = parameter
    if kind is bool:
        return checks.boolean(name, value)
    if kind is int:
        return checks.integer(name, value, -MAX_PARAMETER, MAX_PARAMETER)
    return checks.number(name, value)


def warn_of_rows(feature: CustomFeature, values: np.ndarray[Any, Any], first: int = 0) -> None:
    """Warn if some of a feature's values aren't finite; values[i] are those of row first + i."""
    faults = ~np.isfinite(values).all(axis=1)
    if faults.any():
        warn_of_faults(feature, first + int(faults.argmax()), int(faults.sum()))


def warn_of_faults(feature: CustomFeature, row: int, rows: int) -> None:
    """Say that a function failed after all: in row `row` first, in `rows` of this call."""
    others = f", and {rows - 1} more failures in this call" if rows > 1 else ""
    warnings.warn(
        f"compute of {type(feature).__name__} gave no finite number for {feature.columns[0]!r} "
        f"in row {row}{others}: it raised, wrote outside of out, or computed NaN or infinity",
        FeatureWarning,
        stacklevel=3,
    )
