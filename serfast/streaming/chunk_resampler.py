"""Chunks at another rate are resampled here for a model that needs the samples themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..audio.resampling import checked_rate, resampler
from ..audio.samples import as_samples

__all__ = ["ChunkResampler"]

Samples = np.ndarray[Any, np.dtype[np.float32]]

NOTHING = np.empty(0, dtype=np.float32)


class ChunkResampler:
    """It resamples a signal that comes in chunks; its samples are those of the whole signal.

    Where only rows are needed, :meth:`serfast.backends.stream.Stream.resample_from` does it.

    Parameters
    ----------
    sample_rate, wanted : float
        These are the rates of the chunks and of what comes out [Hz].

    Raises
    ------
    ParameterError
        If the rates are too far apart.

    Examples
    --------
    >>> halving = ChunkResampler(32000, 16000)
    >>> chunks = [np.zeros(n, np.float32) for n in (1000, 0, 7000)]
    >>> sum(len(halving(chunk)) for chunk in chunks) + len(halving.rest())
    4000
    """

    __slots__ = ("_soxr",)

    def __init__(self, sample_rate: float, wanted: float) -> None:
        self._soxr = resampler(checked_rate(sample_rate, wanted), wanted)

    def __call__(self, chunk: Any) -> Samples:
        """Give the samples that the next chunk completes.

        Raises
        ------
        ParameterError
            If the chunk is bad; the next call goes on as if it hadn't come.
        """
        if not len(chunk):
            return NOTHING
        samples: Samples = self._soxr.resample_chunk(as_samples(chunk, "chunk"))
        return samples

    def rest(self) -> Samples:
        """Give the samples at the signal's end that were held back."""
        samples: Samples = self._soxr.resample_chunk(NOTHING, last=True)
        return samples

    def reset(self) -> None:
        """Forget all samples: the next chunk begins a new signal."""
        self._soxr.clear()
