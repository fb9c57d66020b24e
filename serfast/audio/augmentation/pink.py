"""Pink noise of any length, whose samples are those of one Fourier transform of that length.

A length with a large prime factor takes ten times as long to transform as one without, and lengths
of recordings are of either kind. There white noise is convolved with the filter's impulse response
instead, by transforms of a fast length.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.fft import irfft, rfft, rfftfreq

from .alteration import Array
from .fourier import fast_length

__all__ = ["CORNER", "pink_of"]

CORNER = 50  # [Hz]: below it the spectrum is flat, because microphones hear little there

SHORTEST, LONGEST = 0.5, 10.0
"""Outside of these lengths [s] there is little to save, or the response is too short."""

HIGHEST_RATE = 48000
"""At higher ones the response would take too much memory."""

LONG = 64
"""The response is that of so many seconds: beyond it is too small to count."""

FAST_FACTORS = (2, 3, 5, 7, 11, 13)


def pink_of(white: Array, sample_rate: int) -> Array:
    """Filter white noise (n,) so that its power falls as 1 / f above `CORNER`.

    Its spectrum is divided by the root of the frequency. Where that is done by convolution, the
    result is the same but for at most 4e-7 of the largest sample, a few roundings of float32.
    """
    n = len(white)
    is_usual = SHORTEST < n / sample_rate < LONGEST and sample_rate <= HIGHEST_RATE
    if not is_usual or _is_fast(n):
        return irfft(rfft(white) * _response(n, sample_rate), n)
    half = _folded(n, sample_rate)
    size = fast_length(2 * n - 1)
    around = np.zeros(size)  # the response at 0 … n - 1, and at -1 … -(n - 1) from the end on
    around[:n] = np.concatenate([half, half[1 : n - len(half) + 1][::-1]])
    around[size - n + 1 :] = around[1:n]
    return irfft(rfft(white, size) * rfft(around), size)[:n]


def _is_fast(n: int) -> bool:
    for factor in FAST_FACTORS:
        while n % factor == 0:
            n //= factor
    return n == 1


def _response(n: int, sample_rate: int) -> Array:
    frequency = np.maximum(rfftfreq(n, 1 / sample_rate), CORNER)
    return np.asarray(1 / np.sqrt(frequency))


@lru_cache(maxsize=4)
def _long_impulse(sample_rate: int) -> Array:
    """Give the impulse response, which is even, from its middle on."""
    size = fast_length(math.ceil(LONG * sample_rate))
    whole: Array = irfft(_response(size, sample_rate), size)
    return whole[: size // 2].copy()  # not the other half


def _folded(n: int, sample_rate: int) -> Array:
    """Give the first half of the impulse response of n samples.

    A spectrum that is taken at n frequencies has an impulse response that is repeated every n
    samples, and so is the sum of what the long one has there.
    """
    long, half = _long_impulse(sample_rate), n // 2 + 1
    folded = long[:half].copy()
    for place in range(n, len(long) - half, n):
        folded += long[place : place + half]
        folded += long[place - half + 1 : place + 1][::-1]
    return folded
