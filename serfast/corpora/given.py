"""Recordings as other packages' users give them: paths, signals, labelled ones, or some of each."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from .. import _checks as checks
from ..audio.resampling import resampled
from ..audio.samples import as_samples
from ..errors import ParameterError
from ..urls import as_path
from .recordings import Recording
from .samples import loaded, samples_of

__all__ = ["Given", "given_recording", "given_recordings", "given_samples"]

Samples = np.ndarray[Any, np.dtype[np.float32]]

Given: TypeAlias = Recording | Path | np.ndarray[Any, Any]
"""A labelled recording, the path of one, or a signal."""

DTYPES = (np.float32, np.float64, np.int16)


def given_recordings(recordings: Any) -> list[Given]:
    """Give a list of recordings, paths and signals; a matrix has a signal in each row.

    Raises
    ------
    ParameterError
        If it is no sequence of these, or empty.
    """
    if isinstance(recordings, (str, bytes, os.PathLike)) or not isinstance(recordings, Iterable):
        checks.fail("recordings", "a sequence of paths, Recordings or signals", recordings)
    entries = [given_recording(one, f"recordings[{i}]") for i, one in enumerate(recordings)]
    if not entries:
        raise ParameterError("recordings must be at least 1, got none")
    return entries


def given_recording(one: Any, name: str) -> Given:
    """Give a recording, a path or a signal, which is called `name` in the error's message.

    Raises
    ------
    ParameterError
        If it is none of these.
    """
    if isinstance(one, Recording):
        return one
    if isinstance(one, (str, os.PathLike)):
        return as_path(one)
    try:
        signal = np.asarray(one)
    except ValueError:  # a list of lists of several lengths
        signal = np.empty((0, 0))
    if signal.ndim != 1 or signal.dtype not in DTYPES:
        rule = "a path, a Recording or a one-dimensional signal of float32, float64 or int16"
        checks.fail(name, rule, one)
    return signal


def given_samples(one: Given, sample_rate: float, array_rate: float | None = None) -> Samples:
    """Give the samples of a recording at this rate [Hz], mono float32.

    Parameters
    ----------
    one : Recording, Path or ndarray
        What :func:`given_recording` gives.
    sample_rate : float
        The rate that is wanted [Hz].
    array_rate : float, optional
        The rate of a signal [Hz]; None stands for the wanted one. Files say theirs themselves.

    Raises
    ------
    AudioError
        If a file can't be read.
    ParameterError
        If a signal is empty or has NaN or infinity in it.
    """
    if isinstance(one, Recording):
        return samples_of(one, sample_rate)
    if isinstance(one, Path):
        return loaded(one, sample_rate)[0]
    rate = sample_rate if array_rate is None else array_rate
    return as_samples(resampled(one, rate, sample_rate))
