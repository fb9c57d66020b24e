"""Pre-emphasis of a whole signal, or of a signal that comes in chunks."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["Preemphasis", "preemphasized"]

Samples = np.ndarray[Any, np.dtype[np.float32]]


def preemphasized(samples: Samples, coefficient: float, before: float = 0.0) -> Samples:
    """Give x[i] - coefficient · x[i-1], where `before` stands for x[-1].

    It is computed in float32, product by product, so that every machine has the same bits.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
        It isn't written to.
    coefficient : float
        It is 0 to 1.
    before : float
        It is the sample before the first one; 0 at the beginning of a signal.

    Returns
    -------
    ndarray of float32, shape (n,)

    Examples
    --------
    >>> preemphasized(np.float32([1, 1, 2]), 0.5).tolist()
    [1.0, 0.5, 1.5]
    """
    result = np.empty_like(samples)
    with np.errstate(all="ignore"):  # infinite samples are refused later, with their place
        np.multiply(samples[:-1], np.float32(coefficient), out=result[1:])
        result[:1] = np.float32(before) * np.float32(coefficient)
        np.subtract(samples, result, out=result)
    return result


class Preemphasis:
    """It is the pre-emphasis of a signal that comes in chunks, after a resampler if there is one.

    Its methods are those of soxr.ResampleStream, so that a stream can use either.

    Parameters
    ----------
    coefficient : float
        It is 0 to 1.
    resampler : soxr.ResampleStream or None
        Chunks go through it first.

    Examples
    --------
    >>> chunks = Preemphasis(0.5)
    >>> chunks.resample_chunk(np.float32([1, 1])).tolist()
    [1.0, 0.5]
    >>> chunks.resample_chunk(np.float32([2])).tolist()
    [1.5]
    """

    __slots__ = ("_before", "_coefficient", "_resampler")

    def __init__(self, coefficient: float, resampler: Any = None) -> None:
        self._coefficient = coefficient
        self._resampler = resampler
        self._before = 0.0

    def resample_chunk(self, chunk: Samples, last: bool = False) -> Samples:
        """Give the next samples."""
        if self._resampler is not None:
            chunk = self._resampler.resample_chunk(chunk, last=last)
        if not len(chunk):
            return chunk
        result = preemphasized(chunk, self._coefficient, self._before)
        self._before = float(chunk[-1])
        return result

    def clear(self) -> None:
        """Forget all samples: the next chunk begins a new signal."""
        self._before = 0.0
        if self._resampler is not None:
            self._resampler.clear()
