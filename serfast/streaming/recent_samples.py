"""The latest samples of a stream are kept here, numbered from the stream's beginning."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..audio.samples import as_samples

__all__ = ["RecentSamples"]

Samples = np.ndarray[Any, np.dtype[np.float32]]

CAPACITY = 4096
"""The array has room for this many samples at first."""

LARGE = 1 << 20
"""An array of at least this many samples is freed when less than an eighth of it is needed."""


class RecentSamples:
    """It keeps the samples of a stream that are still needed, in one array.

    New samples are written behind the others. When there is no room left, the kept samples move
    to the place of the forgotten ones; if these are fewer, the array doubles. So each sample is
    moved about once. The memory of a large chunk is freed once its samples are forgotten.
    """

    __slots__ = ("_begin", "_samples", "_start", "_stop")

    def __init__(self) -> None:
        self._samples: Samples = np.empty(CAPACITY, dtype=np.float32)
        self.reset()

    def reset(self) -> None:
        """Begin again with sample 0."""
        self._begin = 0  # the number of the first sample that is kept
        self._start = self._stop = 0  # its place in the array, and the place of the next sample

    def append(self, chunk: Any) -> None:
        """Add the next samples; `chunk` is float32, float64 or int16 of shape (n,)."""
        if not len(chunk):
            return
        samples = as_samples(chunk)
        self._make_room(len(samples))
        self._samples[self._stop : self._stop + len(samples)] = samples
        self._stop += len(samples)

    def forget(self, begin: int) -> None:
        """Forget the samples before sample `begin`."""
        n = min(begin - self._begin, self._stop - self._start)
        if n > 0:
            self._begin += n
            self._start += n
        if len(self._samples) > max(LARGE, 8 * (self._stop - self._start)):
            self._move(self._size_for(self._stop - self._start))

    def between(self, start: int, stop: int) -> Samples:
        """Give a copy of samples `start` to `stop` - 1, or to the last one if there are fewer."""
        offset = self._start - self._begin
        begin, end = max(self._start, start + offset), min(self._stop, stop + offset)
        return self._samples[begin:end].copy()

    def _make_room(self, n: int) -> None:
        """Make room for n samples behind the others."""
        if self._stop + n > len(self._samples):
            size = self._size_for(self._stop - self._start + n)
            self._move(max(size, len(self._samples)))

    def _move(self, size: int) -> None:
        """Move the kept samples to the start of an array of `size`; it may be the same array."""
        kept = self._samples[self._start : self._stop]
        if size != len(self._samples):
            self._samples = np.empty(size, dtype=np.float32)
        self._samples[: len(kept)] = kept
        self._start, self._stop = 0, len(kept)

    @staticmethod
    def _size_for(n: int) -> int:
        """Give the size of an array of which n samples fill at most half."""
        return max(CAPACITY, 1 << (2 * n - 1).bit_length()) if n else CAPACITY
