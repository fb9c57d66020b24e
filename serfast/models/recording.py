"""A recording that somebody gives becomes samples at the rate that a model wants."""

from __future__ import annotations

import os
from typing import Any, TypeAlias

import numpy as np

from .. import _checks as checks
from ..audio.pcm import without_gain
from ..audio.resampling import at_rate, whole_rate
from ..audio.samples import as_array, as_samples
from ..errors import ParameterError
from ..forking import forks_wait

__all__ = ["is_recording", "samples_and_gain", "samples_of"]

Samples: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]


def is_recording(y: Any) -> bool:
    """Tell whether y is a recording that has to be read: a path, a file's content, a file."""
    return isinstance(y, (str, os.PathLike, bytes, bytearray, memoryview)) or hasattr(y, "read")


def samples_of(y: Any, sample_rate: float | None, wanted: float) -> Samples:
    """Give the samples of a recording, or of an array, at the wanted rate [Hz].

    Parameters
    ----------
    y : array_like of float32, float64 or int16, shape (n,) or (n, n_channels); path; bytes
        n >= 1. Channels are averaged. Or a recording as :func:`serfast.load` takes it.
    sample_rate : int or None
        It is that of samples [Hz], and None for a recording, which has its own.
    wanted : int

    Raises
    ------
    ParameterError
        If y is empty, not finite or of another shape or dtype, or sample_rate breaks its rule.
    AudioError
        If a recording can't be read.
    """
    return at_rate(*_read(y, sample_rate), wanted)


def samples_and_gain(y: Any, sample_rate: float | None, wanted: float) -> tuple[Samples, float]:
    """Give what :func:`samples_of` gives, without a gain that 16-bit samples were multiplied by.

    After resampling nothing could undo the gain to the bit. At the wanted rate already, samples are
    given as they are.

    Returns
    -------
    samples : ndarray of float32, shape (n_samples,)
    gain : float
        The samples times the gain are the recording at the wanted rate, but for rounding.
    """
    y, rate = _read(y, sample_rate)
    if whole_rate("sample_rate", rate) == wanted:
        return at_rate(y, rate, wanted), 1.0
    y, gain = _without_gain(y)
    return at_rate(y, rate, wanted), gain


def _read(y: Any, sample_rate: float | None) -> tuple[Any, float]:
    """Give what may be samples, and their rate; a recording is read."""
    if is_recording(y):
        if sample_rate is not None:
            checks.fail("sample_rate", "None for a recording, which has its own", sample_rate)
        with forks_wait:
            from ..audio.reading import load  # heavy: samples need no decoder
        return load(y)
    if sample_rate is None:
        checks.fail("sample_rate", "given for samples: they don't tell their rate", sample_rate)
    return y, sample_rate


def _without_gain(y: Any) -> tuple[Any, float]:
    """Undo the gain of samples in any number of channels; what is refused later stays as it is."""
    try:
        array = as_array(y, "y")
        flat = as_samples(array.reshape(-1), "y")
    except ParameterError:
        return y, 1.0
    samples, gain = without_gain(flat)
    return samples.reshape(array.shape), gain
