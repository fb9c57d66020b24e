"""Stream: push chunks of any size, get the rows that they complete. The only mutable object."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, NamedTuple, overload

import numpy as np

from ..audio.resampling import filter_delay, resampler
from ..features.spec import FeatureSpec

__all__ = ["Latency", "Stream"]

Rows = np.ndarray[Any, np.dtype[np.float32]]


class Latency(NamedTuple):
    """How long after its own moment a row comes out."""

    samples: int
    """Row t is given with sample ``t * hop_length + samples - 1``; the first rows of a delta only
    with the row in the middle of its first window."""
    seconds: float
    """The same in seconds."""


class Stream(ABC):
    """The features of a signal that is still arriving; made by :meth:`serfast.Extractor.stream`.

    Rows are computed as soon as their samples are there, by the function that a batch uses: the
    rows of all chunks and of the flush together are bit for bit what the extractor gives for the
    whole signal, however it is divided.

    Private state: one thread at a time. Different streams don't touch each other, whichever
    extractor they come from. After a fork, parent and child each have a stream of their own.

    Examples
    --------
    >>> import serfast
    >>> extractor = serfast.Extractor(serfast.FeatureSpec(features=[serfast.RMS()]))
    >>> stream = extractor.stream()
    >>> stream.latency
    Latency(samples=256, seconds=0.016)
    >>> chunk = np.ones(400, dtype=np.float32)
    >>> stream.accept(chunk).shape, stream.accept(chunk).shape, stream.flush().shape
    ((1, 1), (3, 1), (2, 1))
    """

    _spec: FeatureSpec
    _rate: float  # of the chunks [Hz]
    _delay: float  # of the resampler, in samples at that rate

    @property
    def spec(self) -> FeatureSpec:
        """What is computed."""
        return self._spec

    @property
    def columns(self) -> tuple[str, ...]:
        """Name of every column of the rows."""
        return self._spec.columns

    @property
    def latency(self) -> Latency:
        """How long after its own moment a row comes out, in samples at the chunks' rate.

        A row waits for the longest frame of all features and for the rows that its tracks look
        ahead to; `latencies` tells which feature asks for how much of it.
        """
        return self._latency(self.lookahead)

    @property
    def latencies(self) -> dict[str, Latency]:
        """How long each column alone would wait, by its name: for its frames and look-ahead."""
        spec = self._spec
        return {
            column: self._latency(feature.reach(spec.center) + feature.lookahead * spec.hop_length)
            for feature in spec.features
            for column in feature.columns
        }

    def _latency(self, samples: int) -> Latency:
        """So many samples at the spec's rate, and the resampler's delay."""
        behind = samples * self._rate / self._spec.sample_rate + self._delay
        return Latency(math.ceil(behind), behind / self._rate)

    @property
    @abstractmethod
    def n_seen(self) -> int:
        """Samples accepted since the beginning or the last reset, at the chunks' own rate."""

    @property
    @abstractmethod
    def n_emitted(self) -> int:
        """Rows given since then."""

    @property
    @abstractmethod
    def lookahead(self) -> int:
        """Samples, at the spec's rate, from a row's moment to the end of all it depends on."""

    @overload
    def accept(self, chunk: Any, out: None = None) -> Rows: ...
    @overload
    def accept(self, chunk: Any, out: Rows) -> int: ...
    @abstractmethod
    def accept(self, chunk: Any, out: Rows | None = None) -> Rows | int:
        """Take the next samples; give the rows that are complete.

        Parameters
        ----------
        chunk : array_like of float32, float64 or int16, shape (n,)
            n >= 0; int16 is divided by 32768. It is copied.
        out : ndarray of float32, shape (n_rows, n_columns), C-contiguous, optional
            Where to put rows; what finds no room waits for the next call.

        Returns
        -------
        ndarray of float32, shape (n, n_columns), or with `out` the number of rows in it

        Raises
        ------
        ParameterError
            If chunk or out isn't what it should be; the stream goes on as if it had not come.
        SerfastError
            After `flush`, or if another thread is in the stream.
        """

    @overload
    def flush(self, out: None = None) -> Rows: ...
    @overload
    def flush(self, out: Rows) -> int: ...
    @abstractmethod
    def flush(self, out: Rows | None = None) -> Rows | int:
        """End the signal; give the rows that were waiting for padding. See `accept`."""

    @abstractmethod
    def reset(self) -> None:
        """Forget all samples: the next chunk begins a new signal."""

    @abstractmethod
    def resample_with(self, resampler: Any) -> None:
        """Put every chunk through a soxr.ResampleStream first; before the first one."""

    def _begin_with(self, spec: FeatureSpec) -> None:
        """What every stream knows from the beginning."""
        self._spec, self._rate, self._delay = spec, spec.sample_rate, 0

    def resample_from(self, sample_rate: float) -> None:
        """Take chunks at another rate [Hz] than the spec's, through soxr's stream.

        The rows are those of the signal resampled as a whole, for every division into chunks: soxr
        keeps what it still needs of the past. They come later by its filter's length, so `latency`
        is what they wait for once the stream runs: the filter's delay is measured here.
        """
        self._rate = sample_rate
        self._delay = filter_delay(sample_rate, self._spec.sample_rate)
        self.resample_with(resampler(sample_rate, self._spec.sample_rate))
