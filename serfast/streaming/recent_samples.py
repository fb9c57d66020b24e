"""The latest samples of a stream, numbered from its beginning."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..audio.samples import as_samples

__all__ = ["RecentSamples"]

Samples = np.ndarray[Any, np.dtype[np.float32]]

CAPACITY = 4096
"""Samples that there is room for at first."""


class RecentSamples:
    """The samples of a stream that are still needed, in one array.

    New ones are written behind the others. When there is no room, the forgotten ones make room, or,
    if they are fewer than the rest, the array doubles: so a sample is moved about once in its life.
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

    def between(self, start: int, stop: int) -> Samples:
        """Copy samples `start` to `stop` - 1, or to the last one if there are fewer."""
        offset = self._start - self._begin
        begin, end = max(self._start, start + offset), min(self._stop, stop + offset)
        return self._samples[begin:end].copy()

    def _make_room(self, n: int) -> None:
        """Let n samples fit behind the others."""
        kept = self._stop - self._start
        if self._stop + n <= len(self._samples):
            return
        source, size = self._samples, len(self._samples)
        while size < 2 * (kept + n):
            size *= 2
        if size > len(self._samples):
            self._samples = np.empty(size, dtype=np.float32)
        self._samples[:kept] = source[self._start : self._stop]
        self._start, self._stop = 0, kept
