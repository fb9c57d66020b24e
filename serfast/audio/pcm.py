"""16-bit samples that were multiplied by a gain become what they were, to the bit.

A gain in float32 moves the last bits of samples. That alone would move an answer by nothing, but
where an encoder in int8 rounds one of its inputs to another step, everything behind it moves.
Samples of 16 bits times a gain are whole multiples of one step. So the step can be measured, and
the whole numbers have nothing of the gain left in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["without_gain"]

Samples = np.ndarray[Any, np.dtype[np.float32]]

FULL_SCALE = 32768
"""Of 16-bit samples: no multiple is larger."""

MOST = 64
"""The smallest sample that isn't 0 is at most so many steps large, or the step isn't looked for."""

TOLERANCE = 2.0**-21
"""A sample is so close to a multiple of the step, relatively: a gain or two, and the step itself,
each round it by 2⁻²⁴ at most."""

TRIED = 512
"""So many samples are tried before all are."""

BLOCK = 8192
"""So many samples are in float64 at a time."""


def without_gain(signal: Samples) -> tuple[Samples, float]:
    """Give 16-bit samples and the gain that they were multiplied by, if a signal is made so.

    Parameters
    ----------
    signal : ndarray of float32, shape (n_samples,)
        n_samples >= 1, all of them finite.

    Returns
    -------
    samples : ndarray of float32, shape (n_samples,)
        32768 is 1 in them, as in :func:`serfast.load`. A common divisor counts for a gain. Any
        other signal is given as it is.
    gain : float
        The samples times the gain are the signal, but for rounding.

    Notes
    -----
    It takes about 0.2 ms for 3 s at 16 kHz. What was resampled, clipped or decoded from MP3 isn't
    made of steps and stays as it is. So do 16-bit samples none of which is from 1 to 64.

    Examples
    --------
    >>> pcm = np.array([3, -32768, 0, 5], np.float32)
    >>> samples, gain = without_gain(pcm * np.float32(0.01))
    >>> (32768 * samples).tolist(), round(gain, 2)
    ([3.0, -32768.0, 0.0, 5.0], 327.68)
    """
    largest, smallest = _extremes(signal)
    if largest == 0:
        return signal, 1.0
    some = signal[:: max(1, len(signal) // TRIED)]
    for multiple in range(1, MOST + 1):
        most = round(largest / smallest * multiple)
        if most > FULL_SCALE:
            break
        step = largest / most
        if _are_multiples(some, step) and all(_are_multiples(x, step) for x in _blocks(signal)):
            gain = step * FULL_SCALE
            return (signal if gain == 1 else _in_full_scale(signal, step)), gain
    return signal, 1.0


def _extremes(signal: Samples) -> tuple[float, float]:
    """Give the largest size of a sample, and the smallest one that isn't 0; 0 if all are."""
    largest, smallest = 0.0, np.inf
    for x in _blocks(signal):
        sizes = np.abs(x)
        largest = max(largest, float(sizes.max()))
        smallest = min(smallest, float(sizes.min(initial=np.inf, where=sizes > 0)))
    return largest, smallest


def _blocks(signal: Samples) -> Iterator[Samples]:
    """Give a signal piece by piece."""
    return (signal[start : start + BLOCK] for start in range(0, len(signal), BLOCK))


def _in_full_scale(signal: Samples, step: float) -> Samples:
    samples = np.empty_like(signal)
    for x, out in zip(_blocks(signal), _blocks(samples), strict=True):
        out[:] = np.rint(x.astype(np.float64) / step) / FULL_SCALE
    return samples


def _are_multiples(samples: Samples, step: float) -> bool:
    """Tell whether each sample is a whole multiple of the step, as closely as float32 can be."""
    x = samples.astype(np.float64)
    distance = np.abs(x - np.rint(x / step) * step)
    return bool((distance <= TOLERANCE * np.abs(x)).all())
