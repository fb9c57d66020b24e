"""A user's plain function becomes a feature here.

The function is compiled to a native callback when an Extractor is made
(``serfast/backends/custom/compiling.py``), tried on a few frames
(``serfast/backends/reference/trial.py``), and called for every row without the GIL. Its arguments
say what it looks at (``arguments.py``).
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any, overload

from .. import _checks as checks
from .arguments import (
    KINDS,
    MEL_INPUTS,
    SPECTRUM_INPUTS,
    NativeFunction,
    python_function,
)
from .computed import ComputedFeature, FrameFeature, MelFeature, SpectrumFeature

__all__ = [
    "CustomFeature",
    "FrameFeature",
    "MelFeature",
    "NativeFunction",
    "SpectrumFeature",
    "feature_function",
]

CustomFeature = ComputedFeature
"""It is the former name of :class:`serfast.features.ComputedFeature`."""


@overload
def feature_function(function: Callable[..., None]) -> Callable[..., ComputedFeature]: ...
@overload
def feature_function(
    *, columns: tuple[str, ...] = (), reads: tuple[str, ...] = ()
) -> Callable[[Callable[..., None]], Callable[..., ComputedFeature]]: ...
def feature_function(
    function: Callable[..., None] | None = None,
    *,
    columns: tuple[str, ...] = (),
    reads: tuple[str, ...] = (),
) -> Any:
    """Give a feature class made from a function of one frame; it can be used as a decorator.

    Parameters
    ----------
    function : callable
        Its arguments are inputs (see :class:`FrameFeature`, :class:`SpectrumFeature` and
        :class:`MelFeature`) and parameters. A parameter has a default: an int, float or bool.
    columns : tuple of str, optional
        These are the names of its columns. Without them it has one column, named like the function.
    reads : tuple of str, optional
        These arguments are columns of the same row. The columns ``rms``, ``zcr``, ``f0`` and
        ``aperiodicity`` needn't be listed.

    Returns
    -------
    type
        It is a :class:`MelFeature` if the function looks at ``log_mel``, a
        :class:`SpectrumFeature` if it looks at the spectrum, else a :class:`FrameFeature`. It has
        a field for each parameter. A parameter with the name of a field of these classes
        (``frame_length``, ``n_fft``) sets that field's default.

    Raises
    ------
    ParameterError
        If an argument is neither an input nor a parameter.

    Notes
    -----
    The function is compiled when the first Extractor with it is made, which can take seconds.

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
        return lambda function: _feature_class(function, columns, reads)
    return _feature_class(function, columns, reads)


def _feature_class(
    function: Callable[..., None], columns: tuple[str, ...], reads: tuple[str, ...]
) -> type[ComputedFeature]:
    plain = python_function(function)
    if not isinstance(plain, FunctionType):
        checks.fail("function", "a Python function", function)
    defaults = inspect.signature(plain).parameters.values()
    base = _base_of({argument.name for argument in defaults})
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
        "columns_read": tuple(reads),
        "compute": staticmethod(plain),
    }
    made = dataclasses.make_dataclass(
        plain.__name__, fields, bases=(base,), namespace=namespace, frozen=True, kw_only=True
    )
    made.__module__ = plain.__module__  # pickle looks there; Python 3.12 puts the caller's module
    made()  # this checks the arguments and their defaults
    return made


def _base_of(arguments: set[str]) -> type[ComputedFeature]:
    """Give the smallest class that has all the inputs among these arguments."""
    if arguments & set(MEL_INPUTS):
        return MelFeature
    return SpectrumFeature if arguments & set(SPECTRUM_INPUTS) else FrameFeature
