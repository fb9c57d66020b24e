"""The latest samples of a stream, numbered from its beginning."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..audio.samples import as_samples

__all__ = ["RecentSamples"]

Samples = np.ndarray[Any, np.dtype[np.float32]]

CAPACITY = 4096
"""Samples that there is room for at first."""

LARGE = 1 << 20
"""Samples of an array that is given back when less than an eighth of it is needed."""


class RecentSamples:
    """The samples of a stream that are still needed, in one array.

    New ones are written behind the others. When there is no room, the forgotten ones make room, or,
    if they are fewer than the rest, the array doubles: so a sample is moved about once in its life.
    What one large chunk took is given back once its samples are forgotten.
    """

    __slots__ = ("_begin", "_samples", "_start", "_stop")

    def __init__(self) -> None:
        self._samples: Samples = np.empty(CAPACITY, dtype=np.float32)
        self.reset()

    def reset(self) -> None:
        """Begin again with sample 0."""
        self._begin = 0  # the number of the first sample that is kept
        self._start = self._stop = 0  # where it is in the array, and where the next one goes

    def append(self, chunk: Any) -> None:
        """Keep the next samples; `chunk` is float32, float64 or int16 of shape (n,)."""
        if not len(chunk):
            return
        samples = as_samples(chunk)
        self._make_room(len(samples))
        self._samples[self._stop : self._stop + len(samples)] = samples
        self._stop += len(samples)

    def forget(self, begin: int) -> None:
        """Forget what lies before sample `begin`."""
        n = min(begin - self._begin, self._stop - self._start)
        if n > 0:
            self._begin += n
            self._start += n
        if len(self._samples) > max(LARGE, 8 * (self._stop - self._start)):
            self._move(self._size_for(self._stop - self._start))

    def between(self, start: int, stop: int) -> Samples:
        """Copy samples `start` to `stop` - 1, or to the last one if there are fewer."""
        offset = self._start - self._begin
        begin, end = max(self._start, start + offset), min(self._stop, stop + offset)
        return self._samples[begin:end].copy()

    def _make_room(self, n: int) -> None:
        """Let n samples fit behind the others."""
        if self._stop + n > len(self._samples):
            size = self._size_for(self._stop - self._start + n)
            self._move(max(size, len(self._samples)))

    def _move(self, size: int) -> None:
        """Put what is kept at the beginning of an array of this size, which may be the same one."""
        kept = self._samples[self._start : self._stop]
        if size != len(self._samples):
            self._samples = np.empty(size, dtype=np.float32)
        self._samples[: len(kept)] = kept
        self._start, self._stop = 0, len(kept)

    @staticmethod
    def _size_for(n: int) -> int:
        """Give the size of an array that n samples fill by half at most."""
        return max(CAPACITY, 1 << (2 * n - 1).bit_length()) if n else CAPACITY
