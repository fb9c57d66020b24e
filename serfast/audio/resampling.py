"""Resampling with soxr: a whole signal, a signal piece by piece, and the delay of the filter.

soxr is imported when it is first used. Every function here has the same filter, soxr's "HQ", so a
recording that is resampled whole, in pieces or inside a stream gives the same samples.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, cast

import numpy as np

from .. import _checks as checks
from ..forking import forks_wait
from .samples import as_array, as_samples

__all__ = [
    "LARGEST_RATIO",
    "at_rate",
    "checked_rate",
    "far_apart",
    "filter_delay",
    "resample",
    "resampled",
    "resampler",
    "whole_rate",
]

Signal = np.ndarray[Any, np.dtype[np.float32]]

LARGEST_RATIO = 256
"""Beyond this ratio one of the two rates is a mistake, and the result wouldn't fit in memory."""

MAX_CHANNELS = 32
"""A two-dimensional signal with more columns has probably its channels first."""


def resample(y: Any, orig_sr: float, target_sr: float) -> Signal:
    """Change the sample rate of a signal with soxr's "HQ" filter.

    Parameters
    ----------
    y : array_like, shape (n_samples,)
        float32, float64 or int16 (divided by 32768).
    orig_sr, target_sr : int
        Sample rate of `y` and of the result [Hz], whole numbers, at most a factor of 256 apart.

    Returns
    -------
    numpy.ndarray, shape (round(n_samples * target_sr / orig_sr),), float32
        `y` itself, as float32, if the rates are equal.

    Raises
    ------
    ParameterError
        A rate or the signal breaks its rule, or the signal is too short to leave a sample.
    ImportError
        soxr is missing; the message says what to install.

    Examples
    --------
    >>> resample([0.0] * 441, 44100, 16000).shape
    (160,)
    """
    signal = as_samples(y, "y")
    orig, target = whole_rate("orig_sr", orig_sr), whole_rate("target_sr", target_sr)
    if far_apart(orig, target):
        rule = f"within a factor of {LARGEST_RATIO} of orig_sr, {orig} Hz"
        checks.fail("target_sr", rule, target)
    return _converted("y", signal, orig, target)


def resampled(signal: Any, sample_rate: float, wanted: float) -> Signal:
    """Give a one-dimensional signal at the wanted rate [Hz], with the filter of :func:`resample`.

    Either rate may be a fraction. A signal that has the wanted rate is only checked.

    Examples
    --------
    >>> resampled([0.0] * 480, 48000, 16000).shape
    (160,)
    """
    rate = checked_rate(sample_rate, wanted)
    return _converted("signal", as_samples(signal), rate, wanted)


def _converted(name: str, signal: Signal, orig: float, target: float) -> Signal:
    """Give the signal of that name at the rate `target`."""
    if orig == target:
        return signal
    converted = _soxr().resample(signal, orig, target, quality="HQ")
    if not converted.size:
        rule = f"at least {0.5 * orig / target:.0f} samples long at {orig:g} Hz"
        checks.refuse(name, rule, f"{signal.size} samples")
    return cast(Signal, converted)


def checked_rate(sample_rate: float, wanted: float) -> float:
    """Give the sample rate [Hz] if it is one that can become the wanted one.

    Raises
    ------
    ParameterError
        If it is no number from 1 to 10 MHz, or too far from the wanted rate.
    """
    rate = checks.number("sample_rate", sample_rate, minimum=1, maximum=1e7)
    if far_apart(rate, wanted):
        rule = f"within a factor of {LARGEST_RATIO} of {wanted} Hz"
        checks.fail("sample_rate", rule, sample_rate)
    return rate


def whole_rate(name: str, value: float) -> int:
    """Give a rate as an int; a float must be a whole number, as 44100.0 is.

    Examples
    --------
    >>> whole_rate("sample_rate", 44100.0)
    44100
    """
    if isinstance(value, (float, np.floating)) and value.is_integer():
        return checks.integer(name, int(value))
    return checks.integer(name, value)


def resampler(orig_sr: float, target_sr: float) -> Any:
    """Make soxr's streaming resampler of one channel, with the filter of :func:`resample`."""
    return _soxr().ResampleStream(orig_sr, target_sr, 1, dtype="float32", quality="HQ")


@lru_cache(maxsize=16)
def filter_delay(orig_sr: float, target_sr: float) -> int:
    """Measure by how many samples at `orig_sr` soxr's output lags behind its input, at most.

    Silence is pushed through piece by piece, and the samples that have come out are counted.
    """
    stream = resampler(orig_sr, target_sr)
    piece = np.zeros(max(1, round(orig_sr / target_sr)), np.float32)
    given, taken, delay = 0, 0, 0
    while taken < 8192 * max(1, orig_sr / target_sr):
        given += len(stream.resample_chunk(piece))
        taken += len(piece)
        delay = max(delay, math.ceil(taken - given * orig_sr / target_sr))
    return delay


def at_rate(y: Any, sample_rate: float, wanted: float) -> np.ndarray[Any, Any]:
    """Give the mean of the channels of a signal, resampled to the wanted rate [Hz]."""
    rate = whole_rate("sample_rate", sample_rate)
    if far_apart(rate, wanted):
        rule = f"within a factor of {LARGEST_RATIO} of the model's {wanted} Hz"
        checks.fail("sample_rate", rule, rate)
    array = as_array(y, "y")
    if array.ndim == 2 and 1 <= array.shape[1] <= MAX_CHANNELS:
        _check_channels(array)
        flat = as_samples(array.reshape(-1), "y")
        array = flat.reshape(array.shape).mean(axis=1, dtype=np.float32)
    elif array.ndim != 1:
        rule = f"of shape (n,) or (n, n_channels) with up to {MAX_CHANNELS} channels"
        checks.refuse("y", rule, f"shape {array.shape}")
    return resample(array, rate, cast(int, wanted))


def _check_channels(array: np.ndarray[Any, Any]) -> None:
    """Refuse NaN and infinity by where they are, sample and channel."""
    if array.dtype.kind == "f" and not (finite := np.isfinite(array)).all():
        row, channel = np.argwhere(~finite)[0].tolist()
        given = f"{array[row, channel]} at index ({row}, {channel})"
        checks.refuse("y", "finite and within float32's range", given)


def far_apart(orig: float, target: float) -> bool:
    """Tell whether two rates differ by more than LARGEST_RATIO."""
    return not 1 / LARGEST_RATIO <= target / orig <= LARGEST_RATIO


def _soxr() -> Any:
    try:
        with forks_wait:
            import soxr  # heavy: most programs need no resampling
    except ImportError as error:
        raise ImportError(f"resampling needs soxr: pip install soxr ({error})") from error
    return soxr
