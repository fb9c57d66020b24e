"""A recording that somebody gives becomes samples at the rate that a model wants."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from .. import _checks as checks
from ..audio.resampling import at_rate
from ..forking import forks_wait

__all__ = ["is_recording", "samples_of"]


def is_recording(y: Any) -> bool:
    """Tell whether y is a recording that has to be read: a path, a file's content, a file."""
    return isinstance(y, (str, os.PathLike, bytes, bytearray, memoryview)) or hasattr(y, "read")


def samples_of(
    y: Any, sample_rate: float | None, wanted: float
) -> np.ndarray[Any, np.dtype[np.float32]]:
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
    if is_recording(y):
        if sample_rate is not None:
            checks.fail("sample_rate", "None for a recording, which has its own", sample_rate)
        with forks_wait:
            from ..audio.reading import load  # heavy: samples need no decoder
        y, sample_rate = load(y)
    elif sample_rate is None:
        checks.fail("sample_rate", "given for samples: they don't tell their rate", sample_rate)
    return at_rate(y, sample_rate, wanted)
