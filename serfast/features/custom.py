"""Features of one's own: a function of one frame, which runs inside the engine's own pass.

Such a feature is a frozen dataclass like every other one; what it adds is `compute`, a function
that is compiled to a native callback when an Extractor is made (callbacks.py), tried on a few
frames (trial.py), and called for every row without the GIL. Its arguments say what it looks at
(signature.py).
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any, ClassVar, overload

from .. import _checks as checks
from .arguments import (
    FRAME_INPUTS,
    KINDS,
    SPECTRUM_INPUTS,
    Compute,
    NativeFunction,
    Parameter,
    arguments_of,
    checked,
    python_function,
)
from .base import Feature
from .spectrum import PowerSpectrum

__all__ = [
    "CustomFeature",
    "FrameFeature",
    "NativeFunction",
    "SpectrumFeature",
    "feature_function",
]


@dataclass(frozen=True, kw_only=True)
class CustomFeature(Feature):
    """What :class:`FrameFeature` and :class:`SpectrumFeature` share."""

    inputs: ClassVar[tuple[str, ...]] = FRAME_INPUTS
    outputs: ClassVar[tuple[str, ...]] = ()
    compute: ClassVar[Compute]

    def __post_init__(self) -> None:
        super().__post_init__()
        for parameter in self.parameters:
            value = checked(parameter, getattr(self, parameter.name))
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
        return arguments_of(cls)

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
        "__qualname__": plain.__qualname__,
        "outputs": tuple(columns) or (plain.__name__,),
        "compute": staticmethod(plain),
    }
    made = dataclasses.make_dataclass(
        plain.__name__, fields, bases=(base,), namespace=namespace, frozen=True, kw_only=True
    )
    made.__module__ = plain.__module__  # where pickle looks; from Python 3.12 on it is the caller's
    made()  # its arguments are checked, and its defaults
    return made
