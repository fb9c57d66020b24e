"""A computed feature has a function, which names its inputs and computes the columns.

Such a feature is a frozen dataclass like every other one; in addition it has `compute`. The
function is the formula, written once. Run by Python, it is the reference. Compiled, it runs in the
Numba back end, and also in the native one if the feature has no native twin in ``ext/``. Built-in
features of this kind and users' features are made in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np

from .. import _checks as checks
from .arguments import (
    FRAME_INPUTS,
    MEL_INPUTS,
    SPECTRUM_INPUTS,
    Column,
    Compute,
    NativeFunction,
    Parameter,
    arguments_of,
    checked,
)
from .base import Feature, Planner, Rows
from .mel import LogMel
from .spectrum import PowerSpectrum

__all__ = [
    "ComputedFeature",
    "FrameFeature",
    "Function",
    "MelFeature",
    "SpectrumFeature",
    "Values",
]

Values: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]
"""In the function of a feature, an array of inputs or of outputs has this type."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Function(Feature):
    """Features and tracks that a function computes share this: columns, arguments, parameters."""

    inputs: ClassVar[tuple[str, ...]] = ()
    outputs: ClassVar[tuple[str, ...]] = ()
    columns_read: ClassVar[tuple[str, ...]] = ()
    """`compute` names these columns of the same row among its arguments."""
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
    def may_be_nan(self) -> bool:
        """Tell whether NaN is no fault: a built-in feature has it where there is no value."""
        return False

    @property
    def columns(self) -> tuple[str, ...]:
        if len(self.outputs) == 1:
            return (self.name or self.outputs[0],)
        prefix = f"{self.name}_" if self.name else ""
        return tuple(prefix + output for output in self.outputs)

    @property
    def units(self) -> tuple[str, ...]:
        return (self.unit,) * len(self.columns)  # not that of the spectrum that it is made from

    @property
    def signature(self) -> tuple[str | Parameter | Column, ...]:
        """Give the function's arguments, in order: inputs, parameters, columns of the row."""
        cls: Any = type(self)  # hashable, whatever mypy says
        return arguments_of(cls)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Give the names of the function's arguments, in order."""
        return tuple(a if isinstance(a, str) else a.name for a in self.signature)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Give the arguments of the function that are fields of the feature."""
        return tuple(a for a in self.signature if isinstance(a, Parameter))

    @property
    def values(self) -> tuple[float, ...]:
        """Give the parameters' values, in order."""
        return tuple(getattr(self, parameter.name) for parameter in self.parameters)

    @property
    def numbers(self) -> tuple[Parameter | Column, ...]:
        """Give the arguments that are numbers, in the order in which C functions get them."""
        return tuple(a for a in self.signature if isinstance(a, (Parameter, Column)))

    @property
    def gives_nan(self) -> bool:
        """Tell whether NaN was asked for, as the value of what isn't there."""
        return False

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple(a.name for a in self.signature if isinstance(a, Column))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ComputedFeature(Function):
    """:class:`FrameFeature`, :class:`SpectrumFeature` and :class:`MelFeature` share this."""

    inputs: ClassVar[tuple[str, ...]] = FRAME_INPUTS
    circular: ClassVar[bool] = False
    """If it is True, ``autocorrelation`` wraps around after n_fft samples."""

    def table(self, sample_rate: float) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Give the numbers that `compute` gets as ``table``; they are rounded to float32.

        Parameters
        ----------
        sample_rate : float
            This is the rate of the spec [Hz].

        Returns
        -------
        ndarray of float64, shape (n,)
        """
        return np.empty(0)

    def transforms(self, sample_rate: float) -> tuple[np.ndarray[Any, np.dtype[np.float64]], ...]:
        """Give the weights of the samples of each real FFT that a native twin makes by itself.

        There are as many weights as the transform has points, and its first stage must be one in
        registers: half the length is a multiple of 16, and at least 128 (serfast/program/fft.py).
        """
        return ()

    def n_lags(self, sample_rate: float) -> int | None:
        """Give the number of lags of ``autocorrelation`` that `compute` looks at; None: all."""
        return None

    @property
    def needs(self) -> frozenset[str]:
        """Give the inputs that must be computed: those that the function names.

        A :class:`NativeFunction` always gets its frame, and that of a SpectrumFeature always gets
        its spectrum and frequencies, as serfast/include/serfast.h promises.
        """
        named = set(self.arguments)
        if isinstance(type(self).compute, NativeFunction):
            named |= {"frame", "spectrum", "frequencies"} & set(self.inputs)
        return frozenset(named)

    @property
    def multiplications(self) -> int:
        inputs = 3 * super().multiplications if "autocorrelation" in self.needs else 0
        return super().multiplications + inputs + 16 * self.length

    def plan(self, planner: Planner, column: int) -> None:
        planner.computed(self, column)

    def tolerance(self, expected: Rows) -> Rows:
        """Allow a difference of 0.001 of the largest value, unless a subclass says otherwise."""
        return Feature.tolerance(self, expected)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FrameFeature(ComputedFeature):
    """A frame feature is computed from the samples of a frame.

    To make one, write a subclass that is a frozen dataclass, with the names of its columns in
    `outputs` and a static method `compute`. (:func:`serfast.feature_function` makes such a class
    from a plain function.)

    Parameters
    ----------
    frame_length : int
        A frame has this many samples, >= 1.

    Notes
    -----
    `compute` is called for every row. It gets the arguments that it names:

    ``frame``
        These are the frame's samples, times ``sample_scale``; float32, read-only.
    ``sample_rate``
        This is the sample rate in Hz; float.
    ``table``
        These are the numbers that the method :meth:`table` gives; float32, read-only.
    any field annotated ``int``, ``float`` or ``bool``
        This is the field's value. It has been checked: it has that type and is finite.
    ``rms``, ``zcr``, ``f0``, ``aperiodicity``, and any name in ``columns_read``
        This is the column of that name in the same row; float. The spec must have it.
    ``out``
        The results are written here: float32, one element for each column, NaN until it is
        written. The function must return None.

    Numba compiles the function with checked bounds and Python's rules for arithmetic (division by
    zero raises). If it raises in a row, its columns are NaN in that row and a
    :class:`serfast.errors.FeatureWarning` says so. docs/custom-features.md has the details.

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


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpectrumFeature(ComputedFeature, PowerSpectrum):
    """A spectrum feature is computed from the spectrum of a frame.

    It is made like a :class:`FrameFeature`, and has the fields of :class:`serfast.PowerSpectrum`.
    All features with the same window and conditioning share one transform.

    Notes
    -----
    `compute` can have these arguments too:

    ``spectrum``
        This is ``|X[k]| ** power``, n_fft // 2 + 1 values; float32, read-only.
    ``previous_spectrum``
        This is the spectrum of the row before. The first row gets its current spectrum here, so
        that it shows no change.
    ``frequencies``
        These are the frequencies of the bins [Hz], k · sample_rate / n_fft; float32, read-only.
    ``autocorrelation``
        This is Σ_i x[i] x[i + k] for k = 0 … win_length - 1, where x are the samples under the
        window, conditioned and multiplied by the window; float32, read-only.

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


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MelFeature(SpectrumFeature, LogMel):
    """A mel feature is computed from the log-mel spectrum of a frame.

    It is made like a :class:`SpectrumFeature`, and has the fields of :class:`serfast.LogMel`. All
    features with the same mel bank and logarithm share them.

    Notes
    -----
    `compute` can have this argument too:

    ``log_mel``
        These are the logarithms of the power in the mel bands, n_mels values; float32, read-only.
        They can't be relative to the recording's maximum: `top_db` must be None and `ref` a number.

    Examples
    --------
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Tilt(MelFeature):
    ...     outputs = ("tilt",)
    ...
    ...     @staticmethod
    ...     def compute(log_mel, out):
    ...         out[0] = log_mel[len(log_mel) - 1] - log_mel[0]
    >>> Tilt(n_mels=26).columns
    ('tilt',)
    """

    inputs: ClassVar[tuple[str, ...]] = FRAME_INPUTS + SPECTRUM_INPUTS + MEL_INPUTS

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.top_db is not None:
            checks.fail("top_db", "None for a function of log_mel", self.top_db)
        if self.ref == "max":
            checks.fail("ref", "a number for a function of log_mel", self.ref)
