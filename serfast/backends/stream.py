"""A stream takes chunks of any size and gives the rows that they complete."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np

from ..audio.preemphasis import Preemphasis
from ..audio.resampling import filter_delay, resampler
from ..errors import SerfastError
from ..features.spec import FeatureSpec

__all__ = ["Latency", "ResetAfterBlock", "Stream"]

if TYPE_CHECKING:
    from typing_extensions import Self

Rows = np.ndarray[Any, np.dtype[np.float32]]


class Latency(NamedTuple):
    """The latency is the time from a row's moment until the stream gives the row."""

    samples: int
    """Row t is given with sample ``t * hop_length + samples - 1``.

    The first rows of a delta come later: with the row in the middle of the first window.
    """
    seconds: float
    """This is the latency in seconds."""


class ResetAfterBlock(ABC):
    """A stream that can stand in a ``with`` block: it is reset when the block ends."""

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Forget everything, as `reset` does; `flush` before it gives what is left of a signal."""
        with suppress(*((SerfastError,) if kind else ())):  # the first error is the one to see
            self.reset()

    @abstractmethod
    def reset(self) -> None:
        """Forget everything: the next chunk begins a new signal."""


class Stream(ResetAfterBlock):
    """A stream gives the features of a signal that is still arriving.

    :meth:`serfast.Extractor.stream` makes it. Rows are computed as soon as their samples are there,
    by the function that a batch uses. The rows of all chunks and of the flush together are bit for
    bit what the extractor gives for the whole signal, however the signal is divided.

    The state is private: one thread may use a stream at a time. Different streams share no state,
    even if they come from the same extractor. After a fork, parent and child have separate copies.

    Notes
    -----
    A call costs the new rows and a copy of the chunk. The stream keeps the samples that later
    rows need and the rows that tracks look at; its memory doesn't grow with the signal.

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
    _rate: float  # the chunks have this sample rate [Hz]
    _delay: float  # the resampler delays by so many samples at that rate

    def __repr__(self) -> str:
        columns = self.columns
        names = columns[0] if len(columns) == 1 else f"{columns[0]} … {columns[-1]}"
        return (
            f"<{type(self).__name__} of {names} ({len(columns)}) at {self._rate:g} Hz: "
            f"{self.n_seen} samples seen, {self.n_emitted} rows given>"
        )

    @property
    def spec(self) -> FeatureSpec:
        """Give the spec of the features that are computed."""
        return self._spec

    @property
    def columns(self) -> tuple[str, ...]:
        """Give the name of every column of the rows."""
        return self._spec.columns

    @property
    def latency(self) -> Latency:
        """Give the time from a row's moment until it comes out, in samples at the chunks' rate.

        A row waits for the longest frame of all features, and for the later rows that tracks look
        at; `latencies` tells how long each column alone would wait.
        """
        return self._latency(self.lookahead)

    @property
    def latencies(self) -> dict[str, Latency]:
        """Give the latency that each column alone would have, by its name."""
        spec = self._spec
        hop, offset = spec.hop_length, spec.center_offset
        return {
            column: self._latency(feature.reach(spec.center) + offset + feature.lookahead * hop)
            for feature in spec.features
            for column in feature.columns
        }

    def _latency(self, samples: int) -> Latency:
        """Give the latency of `samples` at the spec's rate, with the resampler's delay added."""
        behind = samples * self._rate / self._spec.sample_rate + self._delay
        return Latency(math.ceil(behind), behind / self._rate)

    @property
    @abstractmethod
    def n_seen(self) -> int:
        """Give the number of samples since the beginning or the last reset, at the chunks' rate."""

    @property
    @abstractmethod
    def n_emitted(self) -> int:
        """Give the number of rows that came out since the beginning or the last reset."""

    @property
    @abstractmethod
    def lookahead(self) -> int:
        """Give the samples, at the spec's rate, from a row's moment to the end of what it needs."""

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
            Rows are written here; it shares no memory with the chunk. Rows for which there is no
            room wait for the next call.

        Returns
        -------
        ndarray of float32, shape (n, n_columns), or with `out` the number of rows in it

        Raises
        ------
        ParameterError
            If chunk or out is bad; the stream then goes on as if the chunk hadn't come.
        SerfastError
            If the call comes after `flush`, or while another thread uses the stream.
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
        """Resample every chunk with a soxr.ResampleStream; this must be called before the first."""

    def _begin_with(self, spec: FeatureSpec) -> None:
        """Set what every stream knows from the beginning."""
        self._spec, self._rate, self._delay = spec, spec.sample_rate, 0

    def resample_from(self, sample_rate: float) -> None:
        """Let chunks have another rate [Hz] than the spec's; soxr's stream resamples them.

        The rows are those of the whole signal, resampled, however it is divided into chunks: soxr
        keeps the past samples that it still needs. The rows come later because of soxr's filter.
        Its delay is measured here, so that `latency` is right.
        """
        self._rate = sample_rate
        self._delay = filter_delay(sample_rate, self._spec.sample_rate)
        soxr = resampler(sample_rate, self._spec.sample_rate)
        coefficient = self._spec.signal_preemphasis
        self.resample_with(Preemphasis(coefficient, soxr) if coefficient else soxr)
