"""Filters in the Fourier domain: responses, impulse responses, other sample rates.

Everything here leaves a sound where it is in time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import ceil, gcd
from typing import Any

import numpy as np
from numpy.fft import irfft, rfft, rfftfreq

from .alteration import Array

__all__ = ["at_rate", "convolved", "fast_length", "filtered"]

Response = Callable[[Any], Array]
"""Gives the gain at each frequency [Hz]."""

PADDING = 0.05  # [s]: silence into which a filter may ring, so that it doesn't ring into the start


@lru_cache(maxsize=4096)
def fast_length(n: int) -> int:
    """Give the smallest number >= n that has no other factors than 2, 3 and 5.

    Examples
    --------
    >>> fast_length(1), fast_length(7), fast_length(47999)
    (1, 8, 48000)
    """
    best = 1 << max(n - 1, 0).bit_length()
    five = 1
    while five < best:
        product = five
        while product < best:
            rest = -(-n // product)
            best = min(best, product << max(rest - 1, 0).bit_length())
            product *= 3
        five *= 5
    return best


def filtered(samples: np.ndarray[Any, Any], sample_rate: int, response: Response) -> Array:
    """Filter samples (n,) by a response of zero phase; the result has the same length."""
    size = fast_length(len(samples) + ceil(PADDING * sample_rate))
    spectrum = rfft(samples.astype(np.float64), size)
    spectrum *= response(rfftfreq(size, 1 / sample_rate))
    return irfft(spectrum, size)[: len(samples)]


def convolved(samples: np.ndarray[Any, Any], impulse_response: Array, begin: int = 0) -> Array:
    """Convolve samples (n,), and give the n samples of the result from `begin` on.

    `begin` is the place of the direct sound in the impulse response.
    """
    n = len(samples)
    size = fast_length(n + len(impulse_response) - 1)
    product = rfft(samples.astype(np.float64), size)
    product *= rfft(impulse_response, size)
    return irfft(product, size)[begin : begin + n]


def at_rate(
    samples: np.ndarray[Any, Any],
    sample_rate: int,
    rate: int,
    change: Callable[[Array], np.ndarray[Any, Any]],
    response: Response | None = None,
) -> Array:
    """Change samples at another rate and give the result at their own, of the same length.

    Parameters
    ----------
    samples : ndarray, shape (n,)
    sample_rate, rate : int
        Their rate, and the rate at which they are changed [Hz].
    change : callable
        It takes an array of samples at `rate` and gives one of the same length.
    response : callable, optional
        They are filtered by it before.

    Returns
    -------
    ndarray of float64, shape (n,)
        It holds nothing above half of the lower rate.
    """
    if rate == sample_rate and response is None:
        return np.asarray(change(samples.astype(np.float64)), np.float64)
    # Both rates must have a whole number of samples in one period of the Fourier transform.
    unit = gcd(sample_rate, rate)
    n_units = fast_length(ceil((len(samples) / sample_rate + PADDING) * unit))
    size, size_there = n_units * (sample_rate // unit), n_units * (rate // unit)
    n_bins = min(size, size_there) // 2 + 1
    spectrum = rfft(samples.astype(np.float64), size)[:n_bins]
    if response is not None:
        spectrum *= response(rfftfreq(size, 1 / sample_rate)[:n_bins])
    there = irfft(spectrum, size_there) * (size_there / size)
    back = rfft(change(there))[:n_bins]
    return irfft(back, size)[: len(samples)] * (size / size_there)
