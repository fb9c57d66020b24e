"""Samples as they come → one contiguous float32 vector, checked."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .. import _checks as checks
from ..errors import ParameterError

__all__ = [
    "INT16_SCALE",
    "as_array",
    "as_float32",
    "as_samples",
    "as_vector",
    "converted",
    "first_nonfinite",
]

Samples = np.ndarray[Any, np.dtype[np.float32]]

INT16_SCALE = np.float32(1 / 32768)


def as_vector(signal: Any, name: str = "signal") -> np.ndarray[Any, Any]:
    """The signal as a contiguous, aligned vector of one of the three dtypes, not yet converted.

    Parameters
    ----------
    signal : array_like of float32, float64 or int16, shape (n,)
        A list of numbers counts as float64.
    name : str
        The argument's name in messages.

    Returns
    -------
    ndarray of float32, float64 or int16, shape (n,)
        The same memory if it fits already.

    Raises
    ------
    ParameterError
        If it is not one-dimensional or of another dtype.

    Examples
    --------
    >>> as_vector([0, 1]).dtype, as_vector(np.zeros(3, dtype=">i2")).dtype
    (dtype('float64'), dtype('int16'))
    """
    array = as_array(signal, name)
    if isinstance(signal, (list, tuple)) and (array.dtype.kind == "i" or array.size == 0):
        array = array.astype(np.float64)
    kind = array.dtype.newbyteorder("=")
    if kind not in (np.float32, np.float64, np.int16):
        checks.refuse(name, "float32, float64 or int16", f"dtype {array.dtype}")
    if array.ndim != 1:
        checks.refuse(name, "one-dimensional", f"shape {array.shape}")
    return np.require(array, kind, ["C", "A"])


def as_array(signal: Any, name: str = "signal") -> np.ndarray[Any, Any]:
    """The signal as an array of whatever shape and dtype; one with masked samples is refused."""
    try:
        array = np.asarray(signal)
    except (TypeError, ValueError, RuntimeError) as error:  # a ragged list, a tensor on a GPU
        raise ParameterError(f"{name} must be one-dimensional numbers, got {error}") from error
    is_masked = getattr(sys.modules.get("numpy.ma"), "is_masked", None)  # loading it takes 6 ms
    if is_masked and is_masked(signal):
        checks.refuse(name, "without masked samples", "a mask: fill or drop them first")
    return array


def as_samples(signal: Any, name: str = "signal") -> Samples:
    """The signal as a contiguous float32 vector; the same memory if it is one already.

    Parameters
    ----------
    signal : array_like of float32, float64 or int16, shape (n,)
        Samples in [-1, 1], or 16-bit PCM, which is divided by 32768. A list of numbers counts
        as float64.
    name : str
        The argument's name in messages.

    Returns
    -------
    ndarray of float32, shape (n,)

    Raises
    ------
    ParameterError
        If it is empty, not one-dimensional, of another dtype, or not finite (a float64 beyond
        float32's range included).

    Examples
    --------
    >>> as_samples(np.array([16384, -32768], dtype=np.int16)).tolist()
    [0.5, -1.0]
    """
    samples, array = converted(signal, name)
    index = first_nonfinite(samples)
    if index is not None:
        checks.refuse_sample(name, array, index)
    return samples


def converted(signal: Any, name: str = "signal") -> tuple[Samples, np.ndarray[Any, Any]]:
    """Convert as :func:`as_samples` does, but don't look for NaN and infinity: the engine will.

    Returns
    -------
    samples : ndarray of float32, shape (n,)
    array : ndarray, shape (n,)
        What they were converted from, to show in a message.
    """
    array = as_vector(signal, name)
    if array.size == 0:
        checks.refuse(name, "at least 1 sample", "0 samples")
    return as_float32(array), array


def as_float32(array: np.ndarray[Any, Any]) -> Samples:
    """Samples of one of the three dtypes as float32; int16 is divided by 32768."""
    samples: Samples = array
    if array.dtype == np.int16:
        samples = np.multiply(array, INT16_SCALE, dtype=np.float32)
    elif array.dtype != np.float32:
        with np.errstate(over="ignore"):
            samples = array.astype(np.float32)
    return samples


def first_nonfinite(samples: Samples) -> int | None:
    """Index of the first NaN or infinity, or None.

    Examples
    --------
    >>> first_nonfinite(np.array([0, 1, np.nan, np.inf], dtype=np.float32))
    2
    """
    finite = np.isfinite(samples)
    return None if finite.all() else int(np.argmin(finite))
